/**
 * What `ipvs ctl` and the supervisor say to each other over the control socket: one line of JSON per message.
 */

/** What is asked over the control socket. */
export type ControlRequest =
  | { readonly do: 'command'; readonly words: readonly string[] }
  | { readonly do: 'status' }
  | { readonly do: 'metrics' }
  | { readonly do: 'reload'; readonly rules: string; readonly dryRun: boolean }
  | { readonly do: 'weight'; readonly server: string; readonly weight: number }
  | { readonly do: 'tunable'; readonly name: string; readonly value: string }
  | { readonly do: 'snapshot' }
  | { readonly do: 'replace-engine' }
  | { readonly do: 'stop' };

/** What is answered. */
export interface ControlAnswer {
  /** Whether it was done. */
  readonly ok: boolean;
  /** The output, or what was wrong. */
  readonly text: string;
  /** The exit status of the command. */
  readonly exitStatus: number;
}
