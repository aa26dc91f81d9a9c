package org.stop4j.spring;

import org.stop4j.Deadline;
import org.stop4j.Reason;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Makes a method of a bean a step of the stop.
 *
 * <pre>{@code
 * @StopStep(phase = "FINISH", name = "last orders", ceiling = "5s")
 * void shipRest() {
 *     LOGGER.info("shipped {} at the end", orders.ship());
 * }
 * }</pre>
 *
 * <p>The method takes nothing, or a {@link Deadline}, or a {@code Deadline} and a {@link Reason}. It may be private, and may
 * throw anything: then the step has failed, and the stop goes on. What it returns is ignored, unless it is a {@link
 * java.util.concurrent.CompletionStage}, which is waited for. It is called at most once, on a thread of the stop, when it
 * is the turn of its phase: with beans that are still there, since beans are destroyed in phase {@code CLOSE} at the
 * earliest, and there only when the steps of this kind have ended that do not say what they come after. It is called
 * through the proxy, where the bean has one that has this method and can override it; else on what is behind.
 *
 * <p>The step is registered when the bean is made, also for one that is made later than the others. If what is declared
 * here is wrong, the bean cannot be made, which for most beans means that the application does not start; so it is for a
 * bean that is made after the phase has begun, since its step would never be run.
 *
 * <p>There must be one bean: a prototype, one of a scope, or what a factory makes anew each time lets the start fail, also
 * if nobody has asked for it yet. With {@code spring.main.lazy-initialization}, beans that declare steps are made at the
 * start all the same; one that says itself that it is {@code @Lazy} is not, which is logged, and its step is there from
 * when it is made. An object that is two beans, itself and behind a proxy, has each step once.
 *
 * <p>A context below the one that has the stop is closed with that, at the end of {@code DRAIN}: a step of a later phase
 * finds its beans destroyed. If it is closed earlier, its steps are taken out.
 *
 * <p>In all that is said here, {@code ${...}} is replaced by properties.
 *
 * @see StepCustomizer
 * @since 0.1
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface StopStep {

    /**
     * In which phase it is run: {@code NOTIFY}, {@code DRAIN}, {@code FINISH}, {@code CLOSE} or {@code LAST}, in any case.
     * A step in {@code DRAIN} that must not begin while requests are in flight comes after {@link
     * org.stop4j.Gate#STEP}.
     *
     * @return the phase
     */
    String phase() default "FINISH";

    /**
     * How long it may take at most: {@code 5s}, {@code 300ms}. It can only shorten the time that the stop leaves it anyway.
     *
     * @return the limit; empty for none of its own
     */
    String ceiling() default "";

    /**
     * Names of steps that have ended, or were given up, before this one begins. For those that are found among the beans,
     * see {@link FoundStep#name}. One that does not exist when the phase begins is logged at WARNING and not waited for.
     *
     * @return the names
     */
    String[] after() default {};

    /**
     * What the step is called in log and report; no other may be called so.
     *
     * @return the name; empty for that of bean and method, {@code orders.writeRest}
     */
    String name() default "";
}
