/**
 * What `ipvs ctl` and the supervisor say to each other over the control socket: one line of JSON per message.
 */

/** Carries out a command of ipvsadm. */
export interface CommandRequest {
  /** What is asked. */
  readonly do: 'command';
  /** The words of the command, without the tool's name. */
  readonly words: readonly string[];
}

/** Replaces the rules. */
export interface ReloadRequest {
  /** What is asked. */
  readonly do: 'reload';
  /** The new rules, as the tool saves them. */
  readonly rules: string;
  /** Whether to answer with the plan alone. */
  readonly dryRun: boolean;
}

/** Sets the weight of a server in every service. */
export interface WeightRequest {
  /** What is asked. */
  readonly do: 'weight';
  /** The server, as `ADDRESS` or `ADDRESS:PORT`. */
  readonly server: string;
  /** The weight. */
  readonly weight: number;
}

/** Sets a tunable. */
export interface TunableRequest {
  /** What is asked. */
  readonly do: 'tunable';
  /** Its name. */
  readonly name: string;
  /** Its value. */
  readonly value: string;
}

/** Asks for what needs no further words. */
export interface PlainRequest {
  /** What is asked. */
  readonly do: 'status' | 'metrics' | 'snapshot' | 'replace-engine' | 'stop';
}

/** What is asked over the control socket. */
export type ControlRequest =
  CommandRequest | ReloadRequest | WeightRequest | TunableRequest | PlainRequest;

/** What is answered. */
export interface ControlAnswer {
  /** Whether it was done. */
  readonly ok: boolean;
  /** The output, or what was wrong. */
  readonly text: string;
  /** The exit status of the command. */
  readonly exitStatus: number;
}
