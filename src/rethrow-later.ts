/**
 * Notifying observers: what one of them throws must not keep the others from being notified, nor leave the
 * caller half-way.
 */

/**
 * Throws an error from a microtask of its own, where it is reported as any uncaught error is.
 *
 * @param error - What an observer has thrown.
 */
export function rethrowLater(error: unknown): void {
  void Promise.resolve().then(() => {
    throw error;
  });
}
