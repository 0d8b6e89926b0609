/** All tests that mutants of a folder are tried on, in one file, because loading costs more than running. */
import 'tests-of-the-folder';
