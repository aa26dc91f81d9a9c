package org.stop4j.grpc;

import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.ServerCall;

import org.stop4j.Work;

import java.util.function.Supplier;

/**
 * Tells the gate which thread is at work for a call, while one is, and when the call has ended. gRPC calls it
 * on one thread at a time.
 */
final class WorkListener<ReqT> extends SimpleForwardingServerCallListener<ReqT> {
    private final Work work;
    private boolean over;

    private WorkListener(ServerCall.Listener<ReqT> delegate, Work work) {
        super(delegate);
        this.work = work;
    }

    /** Starts a call; if that throws, gRPC closes the call and tells nobody, so its work ends here. */
    static <ReqT> WorkListener<ReqT> start(Work work, Supplier<ServerCall.Listener<ReqT>> call) {
        boolean started = false;
        work.takeThread();
        try {
            WorkListener<ReqT> listener = new WorkListener<>(call.get(), work);
            started = true;
            return listener;
        } finally {
            work.leaveThread();
            if (!started) {
                work.close();
            }
        }
    }

    @Override
    public void onMessage(ReqT message) {
        work.takeThread();
        try {
            super.onMessage(message);
        } finally {
            work.leaveThread();
        }
    }

    @Override
    public void onHalfClose() {
        work.takeThread();
        try {
            super.onHalfClose();
        } finally {
            work.leaveThread();
        }
    }

    @Override
    public void onReady() {
        work.takeThread();
        try {
            super.onReady();
        } finally {
            work.leaveThread();
        }
    }

    @Override
    public void onComplete() {
        work.takeThread();
        try {
            super.onComplete();
        } finally {
            end();
        }
    }

    @Override
    public void onCancel() {
        work.takeThread();
        try {
            super.onCancel();
        } finally {
            end();
        }
    }

    /** An interceptor around this one may tell both. */
    private void end() {
        work.leaveThread();
        if (!over) {
            over = true;
            work.close();
        }
    }
}
