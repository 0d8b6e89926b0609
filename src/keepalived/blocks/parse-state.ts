/**
 * The state of reading a file: what was read so far, and the block that is open.
 */
import type { KeepalivedBehavior } from '../behavior.js';
import type { ConfigurationEnvironment } from '../environment.js';
import type { MessageLog, Place } from '../messages.js';
import type { NumberRules } from '../numbers.js';
import type {
  CheckerDraft,
  GlobalDraft,
  GroupDraft,
  ServerDraft,
  ServiceDraft,
  UrlDraft,
} from './drafts.js';

/** Whom scripts run as when script security is on and nothing else is said. */
const DEFAULT_SCRIPT_USER = 'keepalived_script';

/** What keywords read and write. The open blocks are written by their heads and ends only. */
export class ParseState {
  /** Where messages go. */
  readonly log: MessageLog;
  /** Which of the recorded habits are followed. */
  readonly behavior: KeepalivedBehavior;
  /** How most numbers are read. */
  readonly numbers: NumberRules;
  /** How numbers are read that are never tolerant. */
  readonly strictNumbers: NumberRules;
  /** What `global_defs` said. */
  readonly globals: GlobalDraft = {
    scriptSecurity: false,
    flush: false,
    flushOnStop: undefined,
    logAllFailures: false,
    initNotifies: false,
  };
  /** The groups, in order. */
  readonly groups: GroupDraft[] = [];
  /** The virtual servers, in order. */
  readonly services: ServiceDraft[] = [];
  /** The names of `bfd_instance` and of `track_file` blocks. */
  readonly tracked: Set<string> = new Set();
  /** The open track_file. */
  trackFile = { name: '', hasFile: false };
  /** What the last block SSL has said so far. */
  ssl: Set<string> | undefined;
  /** The open virtual_server_group. */
  group: GroupDraft | undefined;
  /** The open virtual_server. */
  service: ServiceDraft | undefined;
  /** The open real_server. */
  server: ServerDraft | undefined;
  /** The open checker. */
  checker: CheckerDraft | undefined;
  /** The open url. */
  url: UrlDraft | undefined;
  /** Whether a server that is dropped for its family has a script as a check, which counts as used. */
  droppedScripts = false;

  private readonly environment: ConfigurationEnvironment;
  private reportedDefaultUser = false;

  /**
   * @param log - Where messages go.
   * @param behavior - Which of the recorded habits are followed.
   * @param environment - What exists outside.
   * @param testing - Whether this is the test mode.
   */
  constructor(
    log: MessageLog,
    behavior: KeepalivedBehavior,
    environment: ConfigurationEnvironment,
    testing: boolean,
  ) {
    this.log = log;
    this.behavior = behavior;
    this.environment = environment;
    const microseconds = behavior.rubbishMakesMicroseconds;
    const tolerant = behavior.toleratesRubbish && !testing;
    this.strictNumbers = { tolerant: false, microseconds, prefix: '' };
    this.numbers = { tolerant, microseconds, prefix: tolerant ? 'WARNING - ' : '' };
  }

  /**
   * Finds a program.
   *
   * @param path - The program.
   * @returns The path of its file; `undefined` when there is none.
   */
  findProgram(path: string): string | undefined {
    const { environment } = this;
    return environment.findProgram === undefined ? path : environment.findProgram(path);
  }

  /**
   * Whether scripts that name no user have one; reported once.
   *
   * @param place - Where a script is.
   */
  hasDefaultUser(place: Place): boolean {
    const { scriptUserKnown, scriptSecurity } = this.globals;
    if (scriptUserKnown !== undefined || !scriptSecurity) return scriptUserKnown ?? true;
    if (this.knowsAccount(DEFAULT_SCRIPT_USER, undefined)) return true;
    if (!this.reportedDefaultUser) {
      this.log.add(`Unable to set default user ${DEFAULT_SCRIPT_USER} for script`, place);
    }
    this.reportedDefaultUser = true;
    return false;
  }

  /**
   * Whether a user and a group exist; those that are not named do.
   *
   * @param user - The user.
   * @param group - The group.
   */
  knowsAccount(user: string | undefined, group: string | undefined): boolean {
    const knowsUser = user === undefined || (this.environment.hasUser?.(user) ?? true);
    return knowsUser && (group === undefined || (this.environment.hasGroup?.(group) ?? true));
  }
}
