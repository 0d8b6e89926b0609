/**
 * The commands that turn one configuration into another, and touch nothing that is the same in both.
 *
 * Connections to what stays go on. Order of the commands: services that go, services that come or change, servers
 * that go, servers that come or change.
 */
import { saveRules } from '../../ipvsadm/save.js';
import type { Service } from '../../services/service.js';

/** A rule, divided into what it names and what it says. */
interface Rule {
  readonly settings: string;
}

/**
 * Compares two configurations.
 *
 * @param present - The services as they are.
 * @param wanted - The services as they are to be.
 * @returns Commands of ipvsadm, in order; empty when both are the same.
 */
export function planReload(present: Iterable<Service>, wanted: Iterable<Service>): string[] {
  const before = rulesOf(saveRules(present));
  const after = rulesOf(saveRules(wanted));
  const gone = [...before].filter(([name]) => !after.has(name)).map(([name]) => name);
  const goneServices = gone.filter((name) => !isServer(name));
  const goneServers = gone.filter(
    (name) => isServer(name) && !goneServices.includes(serviceOf(name)),
  );
  const changes = [...after].filter(
    ([name, { settings }]) => before.get(name)?.settings !== settings,
  );
  const lines = (servers: boolean): string[] =>
    changes
      .filter(([name]) => isServer(name) === servers)
      .map(([name, { settings }]) => {
        const letter = servers ? 'ae' : 'AE';
        return `-${letter.charAt(before.has(name) ? 1 : 0)} ${name} ${settings}`.trim();
      });
  return [
    ...goneServices.map((name) => `-D ${name}`),
    ...lines(false),
    ...goneServers.map((name) => `-d ${name}`),
    ...lines(true),
  ];
}

/** The rules of a saved configuration, by what they name: `-t 192.0.2.1:80`, or that and `-r 10.0.0.1:80`. */
function rulesOf(text: string): Map<string, Rule> {
  const rules = new Map<string, Rule>();
  for (const line of text.split('\n').filter((each) => each !== '')) {
    const [, name = '', rest = ''] =
      /^-[Aa] ((?:-[tu]|--sctp-service) \S+(?: -r \S+)?|-f \S+(?: -6)?(?: -r \S+)?) ?(.*)$/.exec(
        line,
      ) ?? [];
    rules.set(name, { settings: rest });
  }
  return rules;
}

function isServer(name: string): boolean {
  return name.includes(' -r ');
}

function serviceOf(name: string): string {
  return name.slice(0, name.indexOf(' -r '));
}
