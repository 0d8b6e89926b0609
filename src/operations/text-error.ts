/**
 * The refusal of a text: where, what is there, and what is read instead.
 */
import { IpvsError } from '../errors.js';

/** What is wrong with a text. */
export interface TextFault {
  /** The number of the line, from 1. */
  readonly line: number;
  /** What is there, as it is written. */
  readonly found: string;
  /** What is read in this place, in words. */
  readonly allowed: string;
}

/** Longer quotations are cut. */
const LONGEST_FOUND = 60;

/** A text that is not understood, with code `ERR_TEXT`. */
export class TextError extends IpvsError {
  /** The number of the line, from 1. */
  readonly line: number;
  /** What is there, as it is written. */
  readonly found: string;
  /** What is read in this place, in words. */
  readonly allowed: string;

  /** @param fault - Where and what. */
  constructor({ line, found, allowed }: TextFault) {
    const text = found.trim();
    const shown = text.length > LONGEST_FOUND ? `${text.slice(0, LONGEST_FOUND)}…` : text;
    super('ERR_TEXT', `expected ${allowed}, got '${shown}'`);
    this.name = 'TextError';
    this.line = line;
    this.found = text;
    this.allowed = allowed;
  }
}
