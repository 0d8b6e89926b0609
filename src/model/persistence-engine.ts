/**
 * Persistence engines: what recognizes a client besides its address.
 *
 * A service with an engine has a template for each client *and* each value that the engine reads from its packets: its
 * data, such as the Call-ID of SIP. There is one engine, `sip`. Source: ipvsadm(8), `--pe`, and recorded decisions.
 */

/** The name of a persistence engine. */
export type PersistenceEngineName = 'sip';

/** All persistence engines. */
export const PERSISTENCE_ENGINES: readonly PersistenceEngineName[] = ['sip'];

/**
 * Whether a name is that of an engine that a director has.
 *
 * @param name - The name.
 * @param engines - The engines of the director.
 * @returns `false` for any other value, too.
 */
export function isEngine(
  name: unknown,
  engines: readonly PersistenceEngineName[],
): name is PersistenceEngineName {
  return engines.includes(name as PersistenceEngineName);
}
