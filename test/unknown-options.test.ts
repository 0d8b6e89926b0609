/**
 * A misspelled option is refused wherever options are taken, and so are options of the wrong kind.
 */
import { expect, expectTypeOf, test } from 'vitest';
import { Director } from '../src/director/index.js';
import { ServerList } from '../src/index.js';
import type { ListOptions } from '../src/ipvsadm/list-services.js';
import type { ParseOptions } from '../src/ipvsadm/parse-options.js';
import type { RestoreOptions } from '../src/ipvsadm/restore.js';
import type { SaveOptions } from '../src/ipvsadm/save.js';
import type { TEXT_OPTION_NAMES } from '../src/ipvsadm/text-options.js';
import type { SchedulerOptions } from '../src/schedulers/create-scheduler.js';
import type { SCHEDULER_OPTION_NAMES } from '../src/schedulers/scheduler-options.js';
import { doors } from './support/option-doors.js';

const service = { address: '192.0.2.1', port: 80 };
const server = { address: '10.0.0.1', port: 80 };
const director = (): Director => new Director();
const withServer = (): ServerList => new ServerList([server]);

test.each(Object.entries(doors))('%s takes no option of another name', async (_, door) => {
  await door({});
  await expect(async () => door({ misspelled: 1 })).rejects.toThrow(
    expect.toSatisfy(
      (error) =>
        error instanceof TypeError &&
        /^Cannot [a-zA-Z ]+: expected options .*, got "misspelled"$/.test(error.message),
    ),
  );
});

test.each(['constructor', 'toString', '__proto__'])(
  'what every object inherits is no name of an option: %s',
  (name) => {
    const options = Object.defineProperty({}, name, { value: true, enumerable: true });
    expect(() => new ServerList([], options)).toThrow(`expected options kernel, got "${name}"`);
  },
);

test('what is no object of options is refused with the names there are', () => {
  const create = Director as unknown as new (options: unknown) => Director;
  expect(() => new create(null)).toThrow(
    /^Cannot create a director: expected an object with schedulers, .*/,
  );
});

test('persistence is false or an object of options', () => {
  const persistence = true as never;
  expect(() => director().addService(service, { persistence })).toThrow(
    new TypeError(
      'Cannot set persistence: expected an object with timeoutSeconds, netmask, got true',
    ),
  );
});

test('a server of a list is accepted where options of a server are', () => {
  const [first] = withServer();
  const copy = new ServerList();
  expect(copy.add(first as never).toString()).toBe('10.0.0.1:80');
});

test('an edited server keeps its address: a new one is refused, not ignored', () => {
  const list = withServer();
  const settings = { address: '10.0.0.2', weight: 3 } as object;
  expect(() => list.edit(server, settings)).toThrow(TypeError);
  expect(list.get(server)?.weight).toBe(1);
});

test('the names that several functions share are those of the types of their options', () => {
  type TextOptions = ParseOptions & ListOptions & RestoreOptions & SaveOptions;
  // The compiler judges: `npm run types` fails when a name is missing or left over.
  expectTypeOf<keyof typeof TEXT_OPTION_NAMES>().toEqualTypeOf<keyof TextOptions>();
  expectTypeOf<keyof typeof SCHEDULER_OPTION_NAMES>().toEqualTypeOf<keyof SchedulerOptions>();
});
