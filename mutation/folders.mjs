/**
 * The folders of `src` whose sources are mutated, the tests that mutants meet, and the score that is required.
 */

/** Folder: the folders and files of `test` that its mutants are tried on, and the least score in percent. */
export const FOLDERS = {
  model: { tests: ['model'], least: 95 },
  schedulers: { tests: ['schedulers'], least: 95 },
  connections: { tests: ['connections', 'director/snapshot'], least: 85 },
  services: { tests: ['services'], least: 85 },
  forwarding: {
    tests: [
      'forwarding',
      'director/verdicts',
      'director/fast-path',
      'director/fast-path-any-setup',
      'director/local-servers',
      'replay/recordings',
    ],
    least: 85,
  },
  director: { tests: ['director', 'conntrack', 'replay/recordings'], least: 85 },
  ipvsadm: { tests: ['ipvsadm'], least: 85 },
};

/** Tests that find much, but take long: a mutant meets the others first. */
export const LAST = /(?:differential|continuation|full-cache|properties|any-setup|recordings)/u;

/** Tests that take long and find nothing that others do not: counts of reads, the heap, other programs. */
export const LEFT_OUT = /(?:allocation|complexity|golden|reference|chunk-memory|tshark|support)/u;
