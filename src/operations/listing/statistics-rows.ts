/**
 * The rows of /proc/net/ip_vs_stats and ip_vs_stats_percpu.
 */
import type { Traffic } from '../../statistics/statistics.js';
import { readTraffic } from './row-values.js';

/** Reads the rows. */
export class StatisticsRows {
  private totals: Traffic | undefined;
  private rates: Traffic | undefined;
  private areRates = false;

  /** The whole director's traffic; `undefined` when there was none. */
  get total(): { readonly totals: Traffic; readonly rates?: Traffic } | undefined {
    const { totals, rates } = this;
    if (totals === undefined) return undefined;
    return { totals, ...(rates !== undefined && { rates }) };
  }

  /** Reads a header. */
  header(words: readonly string[]): void {
    this.areRates = words.includes('Conns/s');
  }

  /** Reads a row, unless it is one of another kind; the rows of single CPUs add up to that of `~`. */
  take(words: readonly string[], line: number): boolean {
    const isTotal = words[0] === '~';
    const values = words.length === 6 ? words.slice(1) : words;
    if (values.length !== 5 || !values.every((word) => /^[\dA-Fa-f]+$/.test(word))) return false;
    if (words.length === 6 && !isTotal) return true;
    const traffic = readTraffic(values, line, 16);
    if (this.areRates) this.rates = traffic;
    else this.totals = traffic;
    return true;
  }
}
