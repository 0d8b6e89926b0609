/** The program behind `npm run replay`. */
import { nodeIo } from '../../src/cli/io.js';
import { replay } from './command.js';

process.exitCode = await replay(process.argv.slice(2), nodeIo());
