/**
 * What the linter looks at: services, hosts and firewall, as far as the inputs say something of them.
 */
import type { IpAddress } from '../../ip-address.js';
import type { CommandService, CommandServiceSettings } from '../../ipvsadm/command.js';
import type { Command } from '../../ipvsadm/command.js';
import type { IpvsadmError } from '../../ipvsadm/error.js';
import type { ParsedConfiguration } from '../../keepalived/parse.js';
import type { VirtualServerConfiguration } from '../../keepalived/configuration.js';
import type { ForwardingMethod, Tunnel } from '../../model/forwarding-method.js';
import type { LintPlace } from '../finding.js';
import type { LintTopology } from '../topology.js';
import type { LintFirewall } from './firewall.js';
import type { LintHost } from './host.js';

/** A line of the rule language, with its place. */
export interface LintLine {
  /** The text, after a script's variables were replaced. */
  readonly text: string;
  /** Where it begins. */
  readonly place: LintPlace;
}

/** A real server of a service. */
export interface LintServer {
  /** The line that added it. */
  readonly line: LintLine;
  /** Its address. */
  readonly address: IpAddress;
  /** Its port in the table. */
  readonly port: number;
  /** Its weight. */
  readonly weight: number;
  /** Connections at which it is overloaded; 0 = never. */
  readonly upperThreshold: number;
  /** Connections below which it recovers. */
  readonly lowerThreshold: number;
  /** How packets reach it. */
  readonly method: ForwardingMethod;
  /** How they are encapsulated. */
  readonly tunnel: Tunnel;
  /** Whether it is the sorry server of a keepalived.conf. */
  readonly isSorry: boolean;
}

/** A service. */
export interface LintService {
  /** The line that added it. */
  readonly line: LintLine;
  /** How messages call it. */
  readonly label: string;
  /** What names it in the kernel: one member, or all of a group. */
  readonly members: readonly CommandService[];
  /** Its settings. */
  readonly settings: CommandServiceSettings;
  /** The persistence engine; empty when there is none. */
  readonly engine: string;
  /** Its servers, in the order of the input. */
  readonly servers: readonly LintServer[];
  /** The configuration it comes from; `undefined` for rules. */
  readonly configuration: VirtualServerConfiguration | undefined;
}

/** A line that the director refuses. */
export interface LintRefusal {
  /** The line. */
  readonly line: LintLine;
  /** Why. */
  readonly error: IpvsadmError;
}

/** A part of a script that depends on what only its machine knows. */
export interface LintUnfollowed {
  /** Where it is. */
  readonly place: LintPlace;
  /** What is there, and what is read instead. */
  readonly message: string;
}

/** What a `-e` or `-E` changes. */
export interface LintEdit {
  /** The line. */
  readonly line: LintLine;
  /** The settings that it changes without naming them, such as `the method becomes -g`. */
  readonly silent: readonly string[];
}

/** Another command of a rule file, such as `--set`. */
export interface LintCommand {
  /** The line. */
  readonly line: LintLine;
  /** What it says. */
  readonly command: Command;
}

/** A keepalived.conf among the inputs. */
export interface LintConfiguration {
  /** The input's name. */
  readonly file: string;
  /** Its lines. */
  readonly lines: readonly string[];
  /** What was read. */
  readonly parsed: ParsedConfiguration;
}

/** All that the inputs say. */
export interface LintSubject {
  /** Services, in the order of the inputs. */
  readonly services: readonly LintService[];
  /** Each server with its service, in the same order. */
  readonly servers: readonly (readonly [service: LintService, server: LintServer])[];
  /** Refused lines. */
  readonly refusals: readonly LintRefusal[];
  /** Parts of scripts that cannot be followed. */
  readonly unfollowed: readonly LintUnfollowed[];
  /** Lines of the rule language that were understood and change what is there. */
  readonly edits: readonly LintEdit[];
  /** Other commands that were understood. */
  readonly commands: readonly LintCommand[];
  /** Hosts: one for each input that says something of a host. */
  readonly hosts: readonly LintHost[];
  /** What the firewall does. */
  readonly firewall: LintFirewall;
  /** The configurations. */
  readonly configurations: readonly LintConfiguration[];
  /** The names of inputs of which no line is understood. */
  readonly notUnderstood: readonly string[];
  /** The topology, given or empty. */
  readonly topology: LintTopology;
}
