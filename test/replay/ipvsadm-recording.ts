/**
 * Recordings of the rule language: a file of rules `NAME.rules`, and beside it what the tool
 * answered, in files whose names tell the moment and the arguments.
 *
 * `NAME.MOMENT-ARGUMENTS.txt` is standard output, `.err` beside it exit status and standard error
 * where those are not 0 and empty. In ARGUMENTS, `_` stands for a blank and `.` for a colon, and
 * brackets are left out.
 */

/** The moments at which listings were recorded, in order. */
export const MOMENTS = ['idle', 'busy', 'busy+2s', 'busy+10s', 'zeroed'] as const;

/** A moment of a recording: before the traffic, right after it, 2 s and 10 s later, and after `-Z`. */
export type Moment = (typeof MOMENTS)[number];

/** What the tool answered to one command. */
export interface RecordedAnswer {
  /** The moment. */
  readonly moment: Moment;
  /** The arguments. */
  readonly words: readonly string[];
  /** The exit status. */
  readonly exitStatus: number;
  /** Standard output. */
  readonly output: string;
  /** Standard error. */
  readonly errors: string;
}

/** All that was recorded about one file of rules. */
export interface RuleRecording {
  /** The name. */
  readonly name: string;
  /** The rules. */
  readonly rules: string;
  /** The answers to listings, in the order of moments. */
  readonly answers: readonly RecordedAnswer[];
  /** What a restore of the rules answered, if recorded. */
  readonly restored?: string | undefined;
  /** What the rules answered one by one, if recorded: then they, and not the restore, made the state. */
  readonly oneByOne?: string | undefined;
  /** What a restore of the saved rules answered, if recorded. */
  readonly savedAndRestored?: string | undefined;
  /** The traffic between `idle` and `busy`, as JSON lines, if recorded. */
  readonly traffic?: string | undefined;
}

/**
 * Puts together what belongs together.
 *
 * @param files - The text of each file by its name, without folder.
 * @returns One recording for each `NAME.rules`.
 */
export function collectRecordings(files: ReadonlyMap<string, string>): RuleRecording[] {
  const names = [...files.keys()].filter((file) => file.endsWith('.rules')).toSorted();
  return names.map((file) => {
    const name = file.slice(0, -'.rules'.length);
    return {
      name,
      rules: files.get(file) as string,
      answers: answersOf(name, files),
      restored: files.get(`${name}.restore-result.txt`),
      oneByOne: files.get(`${name}.one-by-one.txt`),
      savedAndRestored: files.get(`${name}.save-restore.txt`),
      traffic: files.get(`${name}.traffic.jsonl`),
    };
  });
}

function answersOf(name: string, files: ReadonlyMap<string, string>): RecordedAnswer[] {
  const answers: RecordedAnswer[] = [];
  for (const moment of MOMENTS) {
    const prefix = `${name}.${moment}-`;
    for (const [file, output] of files) {
      if (!file.startsWith(prefix) || !file.endsWith('.txt')) continue;
      const encoded = file.slice(prefix.length, -'.txt'.length);
      const errors = files.get(`${prefix}${encoded}.err`) ?? 'rc=0\n';
      const [, status, text] = /^rc=(\d+)\n(.*)$/s.exec(errors) ?? ['', '0', ''];
      const exitStatus = Number(status);
      answers.push({ moment, words: decode(encoded), exitStatus, output, errors: text });
    }
  }
  return answers;
}

function decode(encoded: string): string[] {
  const words = encoded.split('_');
  words[0] = `-${words[0]}`.replace(/^---/, '--');
  return words.map((word, index) =>
    /^(?:-[tu]|--sctp-service)$/.test(words[index - 1] ?? '') ? decodeEndpoint(word) : word,
  );
}

function decodeEndpoint(word: string): string {
  if (/^\d+(?:\.\d+){3}$/.test(word)) return word;
  const last = word.lastIndexOf('.');
  const [host, port] = [word.slice(0, last), word.slice(last + 1)];
  if (/^\d+(?:\.\d+){3}$/.test(host)) return `${host}:${port}`;
  return `[${host.replaceAll('.', ':')}]:${port}`;
}
