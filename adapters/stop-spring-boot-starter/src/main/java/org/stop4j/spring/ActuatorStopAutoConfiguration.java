package org.stop4j.spring;

import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Bean;
import org.stop4j.Stop;

/**
 * Gives actuator an endpoint {@code stop}, if it is exposed ({@code management.endpoints.web.exposure.include}). GET shows
 * the stop. Only with {@code management.endpoint.stop.access=unrestricted}, POST asks for it (with {@code {"drain": true}}
 * for a drain, and with a {@code reason} if there is one), and DELETE undoes a drain.
 *
 * @since 0.1
 */
@AutoConfiguration(after = StopAutoConfiguration.class)
@ConditionalOnClass({Endpoint.class, ConditionalOnAvailableEndpoint.class})
@ConditionalOnBean(Stop.class)
public class ActuatorStopAutoConfiguration {
    /** Made by Spring. */
    ActuatorStopAutoConfiguration() {}

    @Bean
    @ConditionalOnAvailableEndpoint
    StopEndpoint stopEndpoint(Stop stop) {
        return new StopEndpoint(stop);
    }
}
