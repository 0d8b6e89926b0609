/**
 * A shell script as a tree. Words keep their quotes: they are expanded when the tree is walked.
 */

/** A here-document or here-string. */
export interface HereDocument {
  /** Its text. */
  readonly text: string;
  /** The number of its first line. */
  readonly line: number;
  /** Whether variables in it are left alone. */
  readonly literal: boolean;
}

/** What follows `<`, `>` and their relatives. */
export interface Redirection {
  /** The operator, such as `<` or `>>`. */
  readonly operator: string;
  /** The word behind it. */
  readonly target: string;
  /** The document, for `<<` and `<<-`. */
  readonly document?: HereDocument;
}

/** `NAME=VALUE`, `NAME+=VALUE`, `NAME=(VALUES)` or `NAME[INDEX]=VALUE`. */
export interface Assignment {
  /** The variable. */
  readonly name: string;
  /** Which element of a list gets the value, as it is written. */
  readonly index?: string;
  /** The value as it is written; values of a list with the parentheses. */
  readonly value: string;
  /** Whether it is appended. */
  readonly appends: boolean;
}

/** A simple command. */
export interface CommandNode {
  readonly kind: 'command';
  readonly line: number;
  readonly assignments: readonly Assignment[];
  readonly words: readonly string[];
  readonly redirections: readonly Redirection[];
}

/** Commands joined by `|`. */
export interface PipelineNode {
  readonly kind: 'pipeline';
  readonly line: number;
  readonly parts: readonly Node[];
  readonly negated: boolean;
}

/** Pipelines joined by `&&` and `||`. */
export interface ChainNode {
  readonly kind: 'chain';
  readonly line: number;
  readonly first: Node;
  readonly rest: readonly { readonly operator: '&&' | '||'; readonly node: Node }[];
}

/** `for NAME in WORDS; do …; done`. */
export interface ForNode {
  readonly kind: 'for';
  readonly line: number;
  readonly name: string;
  /** The list; `undefined` for the arguments. */
  readonly items: readonly string[] | undefined;
  /** What is written in place of the list, where that is another form. */
  readonly written?: string;
  /** What a counter is set to at the end, without any round and else. */
  readonly counter?: readonly [string, string];
  readonly body: readonly Node[];
}

/** `if …; then …; elif …; else …; fi`. */
export interface IfNode {
  readonly kind: 'if';
  readonly line: number;
  readonly branches: readonly {
    readonly condition: readonly Node[];
    readonly body: readonly Node[];
  }[];
  readonly otherwise: readonly Node[];
}

/** `case WORD in PATTERN) …;; esac`. */
export interface CaseNode {
  readonly kind: 'case';
  readonly line: number;
  readonly subject: string;
  readonly branches: readonly {
    readonly patterns: readonly string[];
    readonly body: readonly Node[];
  }[];
}

/** `NAME() { …; }`. */
export interface FunctionNode {
  readonly kind: 'function';
  readonly line: number;
  readonly name: string;
  readonly body: readonly Node[];
}

/** `{ …; }` and `( … )`. */
export interface GroupNode {
  readonly kind: 'group';
  readonly line: number;
  /** Whether it is `( … )`, which leaves variables and the rest of the script alone; default `false`. */
  readonly isSubshell?: boolean;
  /** What follows `<` and its relatives behind the group or another compound command. */
  readonly redirections?: readonly Redirection[];
  readonly body: readonly Node[];
}

/** `while …; do …; done` and `until …; do …; done`. */
export interface WhileNode {
  readonly kind: 'while';
  readonly line: number;
  /** The word that begins it. */
  readonly word: 'while' | 'until';
  readonly condition: readonly Node[];
  readonly body: readonly Node[];
}

/** What is read past but not followed: `select`, loops that count otherwise than by ones. */
export interface OpaqueNode {
  readonly kind: 'opaque';
  readonly line: number;
  /** The word that begins it. */
  readonly word: string;
  readonly body: readonly Node[];
}

/** Any part of a script. */
export type Node =
  | CommandNode
  | PipelineNode
  | ChainNode
  | ForNode
  | IfNode
  | CaseNode
  | FunctionNode
  | GroupNode
  | WhileNode
  | OpaqueNode;
