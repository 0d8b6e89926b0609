/**
 * `ipvs twin`: a running director, taken home.
 */
import { executeCommand, listedName, parseCommand } from '../../ipvsadm/index.js';
import { collectScript } from '../../operations/collect-script.js';
import {
  type Departure,
  forecastDeparture,
  serversNamed,
} from '../../operations/departure-forecast.js';
import { createTwin, type Twin } from '../../operations/twin.js';
import { IpvsadmError } from '../../ipvsadm/error.js';
import { serviceAsJson } from '../admin/as-json.js';
import { EXIT, InputError, UsageError, type Command } from '../command.js';
import type { Io } from '../io.js';
import { readArguments, textOption } from '../options.js';
import {
  readRulesFile,
  refusalText,
  type RulesFile,
  understandFile,
  warningTexts,
} from '../rules-file.js';
import { counted } from '../simulate/figures.js';

/** How many clients are named in a text. */
const CLIENTS_NAMED = 10;

/** The `twin` command. */
export const twin: Command = {
  name: 'twin',
  operands: 'FOLDER',
  description: `
FOLDER is what the collecting script writes on a running director:

  ipvs twin --script > collect.sh
  scp collect.sh lvs1:
  ssh lvs1 sudo sh collect.sh --hide-clients state
  scp -r lvs1:state .
  ipvs twin state
  ipvs twin state --drain 10.0.0.3
  ipvs twin state --fail 10.0.0.3:8080

The script needs ipvsadm, sysctl and awk. With --hide-clients it writes other client addresses, the same one for
the same client. The twin has the rules, thresholds, connections with their timers, templates, statistics and
settings. The folder is also a file of rules for the other commands: 'ipvs simulate state' goes on from there.

--drain says when the server is empty, --fail who breaks, both when no further packet comes. Exits with 0, or with 2
when the folder is not understood.`,
  options: {
    script: { help: 'print the collecting script' },
    drain: { value: 'SERVER', help: 'ADDRESS[:PORT]: when is it empty if it gets weight 0 now?' },
    fail: { value: 'SERVER', help: 'ADDRESS[:PORT]: who breaks if it dies now?' },
    json: { help: 'print one JSON document instead of text' },
  },
  async run(argv, io) {
    const args = readArguments(argv, this.options);
    if (args.values['script'] === true) {
      io.out.write(collectScript());
      return EXIT.ok;
    }
    const [folder, ...more] = args.operands;
    if (folder === undefined || more.length > 0) {
      throw new UsageError('expected one folder that the script of --script wrote');
    }
    const drain = textOption(args, 'drain');
    const fail = textOption(args, 'fail');
    if (drain !== undefined && fail !== undefined) {
      throw new UsageError('--drain and --fail exclude each other');
    }
    const made = twinOf(await readRulesFile(folder, io), io);
    const isJson = args.values['json'] === true;
    const wanted = drain ?? fail;
    io.out.write(
      wanted === undefined
        ? overview(made, isJson)
        : forecast(made, wanted, drain !== undefined, isJson),
    );
    return EXIT.ok;
  },
};

function twinOf(file: RulesFile, io: Io): Twin {
  try {
    const made = createTwin(understandFile(file));
    for (const text of warningTexts(file, made.warnings)) io.err.write(`ipvs twin: ${text}\n`);
    return made;
  } catch (error) {
    if (!(error instanceof IpvsadmError)) throw error;
    throw new InputError(refusalText(`${file.name}:${error.line}:`, error));
  }
}

function overview({ director }: Twin, isJson: boolean): string {
  const services = [...director.services];
  const templates = services
    .flatMap((service) => [...service.servers])
    .reduce((sum, { persistent }) => sum + persistent, 0);
  const connections = director.table.size - templates;
  if (isJson) {
    const document = { format: 'ipvs-twin/1', connections, templates };
    return `${JSON.stringify({ ...document, services: services.map(serviceAsJson) })}\n`;
  }
  const listing = executeCommand(parseCommand('-L -n'), director);
  return `${listing}\n${counted(connections, 'connection')}, ${counted(templates, 'template')}\n`;
}

function forecast(made: Twin, wanted: string, isDrain: boolean, isJson: boolean): string {
  if (serversNamed(made.director, wanted).length === 0) {
    const servers = [...made.director.services].flatMap((service) => [...service.servers]);
    const known = [...new Set(servers.map(String))].join(', ');
    throw new UsageError(`expected a server of the twin (${known}), got '${wanted}'`);
  }
  const expires = made.director.tunables.get('expire_quiescent_template') === 1;
  const departures = forecastDeparture(made.director, made.clock, wanted);
  if (isJson) {
    const list = departures.map(asJson);
    return `${JSON.stringify({ format: 'ipvs-departure/1', departures: list })}\n`;
  }
  return departures.map((each) => (isDrain ? drainText(each, expires) : failText(each))).join('\n');
}

function asJson({ service, server, ...rest }: Departure): object {
  return { service: service.toString(), server: server.toString(), ...rest };
}

function drainText(departure: Departure, expiresTemplates: boolean): string {
  const { service, server, active, inactive, templates } = departure;
  const { halfGoneSeconds, connectionsGoneSeconds, emptySeconds } = departure;
  const lines = [
    `${server} of ${listedName(service)}: ${active} active, ${inactive} inactive, ${counted(templates, 'template')}`,
    `  half of the connections are gone after ${span(halfGoneSeconds)}, the last one after ${span(connectionsGoneSeconds)}`,
  ];
  if (templates > 0) {
    const comesBack = expiresTemplates
      ? 'expire_quiescent_template is 1: clients that come back get another server'
      : 'expire_quiescent_template is 0: clients that come back before then still get this server';
    lines.push(`  the last template is gone after ${span(emptySeconds)}; ${comesBack}`);
  }
  lines.push('  each packet starts the timer of its connection again');
  return `${lines.join('\n')}\n`;
}

function failText({ service, server, active, inactive, templates, clients }: Departure): string {
  const named = clients.slice(0, CLIENTS_NAMED).join(', ');
  const more = clients.length > CLIENTS_NAMED ? `, and ${clients.length - CLIENTS_NAMED} more` : '';
  const lines = [
    `${server} of ${listedName(service)}: ${counted(active, 'active connection')} ${active === 1 ? 'breaks' : 'break'}, ${inactive} ${inactive === 1 ? 'is closing or has' : 'are closing or have'} no state`,
    `  ${counted(clients.length, 'client')}${clients.length > 0 ? `: ${named}${more}` : ''}`,
  ];
  if (templates > 0) {
    lines.push(
      `  ${counted(templates, 'template')} send their clients to the dead server until it is removed (-d)`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function span(seconds: number): string {
  const minutes = String(Math.floor(seconds / 60)).padStart(2, '0');
  return `${minutes}:${String(seconds % 60).padStart(2, '0')}`;
}
