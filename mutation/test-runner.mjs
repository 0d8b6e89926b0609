/**
 * A plugin of Stryker that runs the tests as that of vitest does, and counts a mutant as found too when the tests cannot
 * even be loaded with it: then none fails, as none is run.
 */
import {
  commonTokens,
  declareFactoryPlugin,
  PluginKind,
  tokens,
} from '@stryker-mutator/api/plugin';
import { MutantRunStatus } from '@stryker-mutator/api/test-runner';
import { strykerPlugins as vitestPlugins } from '@stryker-mutator/vitest-runner';

export { strykerValidationSchema } from '@stryker-mutator/vitest-runner';

const [{ factory: createVitestRunner }] = vitestPlugins;

/** @param {import('@stryker-mutator/api/plugin').Injector} injector - Of Stryker. */
function createRunner(injector) {
  const runner = injector.injectFunction(createVitestRunner);
  return {
    capabilities: () => runner.capabilities(),
    init: () => runner.init(),
    dryRun: (options) => runner.dryRun(options),
    dispose: () => runner.dispose(),
    async mutantRun(options) {
      const result = await runner.mutantRun(options);
      const reason = result.status === MutantRunStatus.Survived ? failureToLoad(runner) : undefined;
      if (reason === undefined) return result;
      return {
        status: MutantRunStatus.Killed,
        killedBy: [],
        failureMessage: reason,
        nrOfTests: result.nrOfTests,
      };
    },
  };
}
createRunner.inject = tokens(commonTokens.injector);

/** Why a file of tests could not be loaded, if so. */
function failureToLoad(runner) {
  const failed = runner.ctx.state.getFiles().find(({ result }) => result?.state === 'fail');
  return failed && `Cannot load the tests: ${failed.result.errors?.[0]?.message}`;
}

export const strykerPlugins = [declareFactoryPlugin(PluginKind.TestRunner, 'tests', createRunner)];
