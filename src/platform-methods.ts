/**
 * What platforms ask objects for by symbols: how `console.log` of Node shows them, and how `using` ends them.
 *
 * A class gets these methods by its base. Symbols that a platform or a compiler does not know are left out, so
 * the types are valid with any `lib`.
 */

/** The type of `Symbol.dispose` where the compiler's library has it. */
type DisposeSymbol = typeof Symbol extends { readonly dispose: infer Key extends symbol }
  ? Key
  : never;

/** An object that `using` can end, where the compiler's library knows it. */
export type DisposableLike = { readonly [Key in DisposeSymbol]: () => void };

/** An object that says in words what it is. */
export interface Described {
  /**
   * The object in words, for people: what `console.log` shows under Node.
   *
   * @returns One line or a few.
   */
  describe(): string;
}

/** An instance of a base class, as far as types go: what any object has. */
interface Plain {
  /**
   * The object as text.
   *
   * @returns A short name.
   */
  toString(): string;
}
type Closable = abstract new () => DisposableLike;

/** The base of classes that `console.log` shows by their `describe()`. */
export const Inspectable: abstract new () => Plain = /* @__PURE__ */ inspectable();

/** The base of classes that `console.log` shows by their `describe()`, and `using` ends by their `close()`. */
export const Disposable: abstract new () => DisposableLike = /* @__PURE__ */ disposable();

function inspectable(): abstract new () => Plain {
  // A registered symbol: no module of Node is needed.
  const inspect = Symbol.for('nodejs.util.inspect.custom');
  return class {
    [inspect](): string {
      return (this as unknown as Described).describe();
    }
  };
}

function disposable(): Closable {
  const { dispose } = Symbol as unknown as { readonly dispose?: symbol };
  const Base = inspectable();
  if (dispose === undefined) return Base as Closable;
  return class extends Base {
    [dispose](): void {
      (this as unknown as { close(): void }).close();
    }
  } as unknown as Closable;
}
