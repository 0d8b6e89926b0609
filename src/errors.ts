/**
 * Failures that callers can distinguish.
 *
 * A wrong argument is a `TypeError` (wrong kind of value) or a `RangeError` (right kind, outside the
 * allowed values), a clash with what is configured is an {@link IpvsError} with a stable code, and
 * traffic never throws. Each message names what was wrong, what is allowed and what was given.
 */

/** One of the stable codes of {@link ERROR_CODES}. */
export type ErrorCode =
  | 'ERR_SERVER_EXISTS'
  | 'ERR_SERVER_NOT_FOUND'
  | 'ERR_SCHEDULER_NOT_FOUND'
  | 'ERR_PERSISTENCE_ENGINE_NOT_FOUND'
  | 'ERR_SERVICE_EXISTS'
  | 'ERR_SERVICE_NOT_FOUND'
  | 'ERR_THRESHOLDS'
  | 'ERR_SERVER_ADDRESS'
  | 'ERR_FAMILY_MIXED'
  | 'ERR_DEVICE_NOT_FOUND'
  | 'ERR_DAEMON_RUNNING'
  | 'ERR_DAEMON_NOT_RUNNING'
  | 'ERR_FLEET_EVENT'
  | 'ERR_RULE'
  | 'ERR_TEXT';

/** Every code an {@link IpvsError} can carry, with its meaning. */
export const ERROR_CODES: Readonly<Record<ErrorCode, string>> = {
  ERR_SERVER_EXISTS: 'The service already has a real server with this address and port.',
  ERR_SERVER_NOT_FOUND: 'The service has no real server with this address and port.',
  ERR_SCHEDULER_NOT_FOUND: 'No scheduler has this name.',
  ERR_PERSISTENCE_ENGINE_NOT_FOUND: 'The director has no persistence engine of this name.',
  ERR_SERVICE_EXISTS: 'The director already has a virtual service with this key.',
  ERR_SERVICE_NOT_FOUND: 'The director has no virtual service with this key.',
  ERR_THRESHOLDS: "A real server's lower threshold is above its upper one.",
  ERR_SERVER_ADDRESS: 'The address cannot be a real server: it is not unicast.',
  ERR_FAMILY_MIXED:
    'Servers of another address family than their service, and sync daemons, exclude each other.',
  ERR_DEVICE_NOT_FOUND: 'The director has no network device of this name.',
  ERR_DAEMON_RUNNING: 'The sync daemon of this role is running already.',
  ERR_DAEMON_NOT_RUNNING: 'No sync daemon of this role is running.',
  ERR_FLEET_EVENT:
    'An event of a fleet does not fit what it names: that has failed already, or runs.',
  ERR_RULE: 'A line of the rule language is wrong in itself.',
  ERR_TEXT: 'A script, listing or configuration is not understood; the error names the line.',
};

const brand: unique symbol = Symbol.for('ipvs.IpvsError') as never;

/**
 * A clash between a request and the present configuration, identified by `code`.
 *
 * Use {@link isIpvsError} instead of `instanceof` where two copies of the package may be loaded.
 */
export class IpvsError extends Error {
  /** Which clash it was; stable across versions. */
  readonly code: ErrorCode;

  /**
   * @param code - Which clash it was.
   * @param message - What was asked for, and what stood in its way.
   */
  constructor(code: ErrorCode, message: string) {
    super(message);
    this.name = 'IpvsError';
    this.code = code;
    Object.defineProperty(this, brand, { value: true });
  }
}

/**
 * Whether a value is an {@link IpvsError} of any copy of this package.
 *
 * @param value - Anything, usually what a `catch` received.
 * @returns `true` when the value is such an error.
 */
export function isIpvsError(value: unknown): value is IpvsError {
  return typeof value === 'object' && value !== null && brand in value;
}

/**
 * Checks that an argument is an integer within bounds.
 *
 * @param name - What the value is, as the message shall call it.
 * @param value - The value to check.
 * @param low - Smallest allowed value.
 * @param high - Greatest allowed value.
 * @returns The value itself.
 * @throws {TypeError} When the value is not a number.
 * @throws {RangeError} When it is no integer from `low` to `high`.
 */
export function requireInteger(name: string, value: unknown, low: number, high: number): number {
  if (typeof value !== 'number') {
    throw new TypeError(`Invalid ${name}: expected an integer ${low}–${high}, got ${show(value)}`);
  }
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new RangeError(`Invalid ${name}: expected an integer ${low}–${high}, got ${value}`);
  }
  return value;
}

/**
 * Checks that an argument is a number within bounds, which may have a fraction.
 *
 * @param name - What the value is, as the message shall call it.
 * @param value - The value to check.
 * @param low - Smallest allowed value.
 * @param high - Greatest allowed value.
 * @returns The value itself.
 * @throws {TypeError} When the value is not a number.
 * @throws {RangeError} When it is no number from `low` to `high`.
 */
export function requireNumber(name: string, value: unknown, low: number, high: number): number {
  if (typeof value !== 'number') {
    throw new TypeError(`Invalid ${name}: expected a number ${low}–${high}, got ${show(value)}`);
  }
  if (!(value >= low && value <= high)) {
    throw new RangeError(`Invalid ${name}: expected a number ${low}–${high}, got ${value}`);
  }
  return value;
}

/**
 * Checks that an argument is one of a few strings.
 *
 * @param name - What the value is, as the message shall call it.
 * @param value - The value to check.
 * @param allowed - The strings that are allowed.
 * @returns The value itself.
 * @throws {TypeError} When the value is not a string.
 * @throws {RangeError} When it is a string that is not allowed.
 */
export function requireOneOf<T extends string>(
  name: string,
  value: unknown,
  allowed: readonly T[],
): T {
  if (typeof value !== 'string') {
    throw new TypeError(`Invalid ${name}: expected ${allowed.join(', ')}, got ${show(value)}`);
  }
  if (!(allowed as readonly string[]).includes(value)) {
    throw new RangeError(`Invalid ${name}: expected ${allowed.join(', ')}, got ${show(value)}`);
  }
  return value as T;
}

/** The names of all options of a type. The compiler refuses a table with a name too few or too many. */
export type OptionNames<T> = { readonly [Name in keyof T]-?: true };

/**
 * Checks that an argument is an object of options with known names only.
 *
 * A misspelled name would otherwise be ignored silently. Values are for the caller to check. Objects of a
 * class may have further properties: a real server is accepted where its settings are.
 *
 * @param action - What the options are for, such as `create a director`.
 * @param options - The argument; a missing one is refused, too.
 * @param names - The allowed names.
 * @throws {TypeError} When it is no object, or a plain one with a property of another name.
 */
export function requireKnownOptions<T>(
  action: string,
  options: unknown,
  names: OptionNames<T>,
): asserts options is T {
  const allowed = (): string => Object.keys(names).join(', ');
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new TypeError(
      `Cannot ${action}: expected an object with ${allowed()}, got ${show(options)}`,
    );
  }
  if (!isPlain(options)) return;
  for (const name in options) {
    // Own names only, whatever was added to the prototype of all objects.
    if (names[name as keyof T] !== true && Object.hasOwn(options, name)) {
      throw new TypeError(`Cannot ${action}: expected options ${allowed()}, got ${show(name)}`);
    }
  }
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/**
 * Renders a rejected value for an error message, short and on one line.
 *
 * @param value - The value that was rejected.
 * @returns Its text, at most about 60 characters.
 */
export function show(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (typeof value === 'object' && value !== null)
    return Array.isArray(value) ? 'an array' : 'an object';
  return typeof value === 'function' ? 'a function' : String(value);
}
