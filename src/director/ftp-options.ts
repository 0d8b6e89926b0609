/**
 * Options of the FTP helper.
 */
import { type OptionNames, requireKnownOptions, show } from '../errors.js';
import { requirePort } from '../model/flow.js';

/** How FTP behind NAT is helped. */
export interface FtpOptions {
  /** The virtual ports of control connections: the option `ports` of `ip_vs_ftp`; default only 21. */
  readonly ports?: readonly number[];
  /**
   * Whether a reply that the server sends again is rewritten again; default `false`, as Linux does it: the client then
   * reads the server's own address in it, and loses bytes when the first one had another length.
   */
  readonly rewritesRepeats?: boolean;
  /**
   * Whether the host tracks connections for another reason, which rewriting needs; default `true`. If it does not, a
   * masqueraded server in a service on port 21 is needed, or replies are swallowed, as Linux does it.
   */
  readonly hostTracks?: boolean;
}

/** {@link FtpOptions}, complete. */
export type FtpSettings = Required<FtpOptions>;

const FTP_OPTIONS: OptionNames<FtpOptions> = {
  ports: true,
  rewritesRepeats: true,
  hostTracks: true,
};

const DEFAULT_PORTS: readonly number[] = [21];
/** As many as `ip_vs_ftp` takes. */
const MOST_PORTS = 8;

/**
 * Checks the options and fills in the defaults.
 *
 * @param options - The options; `false` = no helper.
 * @returns The whole settings; `undefined` without a helper.
 * @throws {TypeError} When an option has another name, or a value the wrong type.
 * @throws {RangeError} When there are more than eight ports, or one is out of range.
 */
export function ftpSettings(options: FtpOptions | false): FtpSettings | undefined {
  if (options === false) return undefined;
  requireKnownOptions('help FTP', options, FTP_OPTIONS);
  const { ports = DEFAULT_PORTS, rewritesRepeats = false, hostTracks = true } = options;
  if (!Array.isArray(ports)) {
    throw new TypeError(`Cannot help FTP: expected a list of ports, got ${show(ports)}`);
  }
  if (ports.length > MOST_PORTS) {
    throw new RangeError(
      `Cannot help FTP: expected at most ${MOST_PORTS} ports, got ${ports.length}`,
    );
  }
  for (const port of ports) requirePort('port of FTP', port);
  return { ports, rewritesRepeats, hostTracks };
}
