/**
 * Metrics as values, and their text in Prometheus' exposition format, version 0.0.4.
 *
 * A family is one name with its meaning and its samples. Source: "Exposition formats" of the Prometheus
 * documentation.
 */

/** What kind of figure a family is: a counter only grows, a gauge may do anything. */
export type MetricType = 'counter' | 'gauge';

/** One figure of a family. */
export interface MetricSample {
  /** What distinguishes it from the others of its family. */
  readonly labels: Readonly<Record<string, string>>;
  /** The figure. */
  readonly value: number;
}

/** One metric with all its samples. */
export interface MetricFamily {
  /** The name: letters, digits, `_` and `:`. */
  readonly name: string;
  /** What it means, in one line. */
  readonly help: string;
  /** What kind of figure it is. */
  readonly type: MetricType;
  /** Its figures; none is allowed. */
  readonly samples: readonly MetricSample[];
}

/** The content type of {@link formatMetrics}' text, for the HTTP answer. */
export const METRICS_CONTENT_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Writes metrics as Prometheus reads them.
 *
 * Families of one name are joined, so those of several services may be given one after the other.
 *
 * @param families - The metrics.
 * @returns The text, with a line end at its end; empty when there are none.
 * @example
 * {@includeCode ../../docs/examples/metrics.ts}
 */
export function formatMetrics(families: Iterable<MetricFamily>): string {
  const joined = new Map<string, MetricFamily[]>();
  for (const family of families) {
    joined.set(family.name, [...(joined.get(family.name) ?? []), family]);
  }
  return [...joined.values()].map(formatFamily).join('');
}

function formatFamily(parts: readonly MetricFamily[]): string {
  const { name, help, type } = parts[0];
  const lines = parts.flatMap(({ samples }) =>
    samples.map(({ labels, value }) => `${name}${formatLabels(labels)} ${formatValue(value)}\n`),
  );
  return `# HELP ${name} ${escape(help)}\n# TYPE ${name} ${type}\n${lines.join('')}`;
}

function formatLabels(labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${escape(value).replaceAll('"', '\\"')}"`,
  );
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function formatValue(value: number): string {
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}

function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
}
