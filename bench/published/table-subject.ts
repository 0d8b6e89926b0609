/**
 * What the suite *table* measures: anything that holds connections.
 */
/** A table of connections between clients, each identified by its number, and one virtual service. */
export interface TableSubject {
  /** Puts a connection in; it becomes the youngest. */
  insert(address: number, port: number): void;
  /** Looks for a connection; gives something above −1 when there is one. */
  find(address: number, port: number): number;
  /** Looks for a connection and restarts its timer. */
  rearm(address: number, port: number): number;
  /** Takes a connection out. */
  delete(address: number, port: number): void;
  /** Lets the timers of the oldest connections run off; `undefined` when nothing ever expires. */
  expire?(count: number): void;
  /** What the table says it takes, if it knows, in bytes. */
  readonly bytes?: number;
}
