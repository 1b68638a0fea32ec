import type { Clock } from '../../sdk/index.ts';

/** The clock of the machine. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after(delayMs, call) {
    const timer = setTimeout(call, Math.max(0, delayMs));
    timer.unref();
    const cancel = () => clearTimeout(timer);
    return { cancel, [Symbol.dispose]: cancel };
  },
};
