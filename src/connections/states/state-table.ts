/**
 * The state tables of TCP and SCTP as they are written down: text, in rows and columns.
 */

/**
 * Reads a state table that is written as text: one row per event, one hexadecimal digit per present
 * state, giving the next one.
 *
 * @param directions - The rows of each direction, in the order INPUT, OUTPUT, INPUT_ONLY.
 * @param events - How many events there are.
 * @param states - How many states there are.
 * @returns The next states, at `(direction × events + event) × 16 + state`.
 */
export function readStateTable(
  directions: readonly string[],
  events: number,
  states: number,
): Uint8Array {
  const table = new Uint8Array(directions.length * events * 16);
  directions.forEach((rows, direction) => {
    rows.split(' ').forEach((row, event) => {
      for (let state = 0; state < states; state++) {
        table[(direction * events + event) * 16 + state] = Number.parseInt(row[state], 16);
      }
    });
  });
  return table;
}
