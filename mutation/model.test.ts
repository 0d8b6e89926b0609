/** All tests that mutants of the model are tried on, in one file: loading costs more than running. */
import '../test/model/thresholds.test.js';
import '../test/model/real-server.test.js';
import '../test/model/position-set.test.js';
import '../test/model/flow.test.js';
import '../test/model/forwarding-method.test.js';
import '../test/model/server-list.test.js';
