/**
 * The suite *pick* with the packages that people would use instead.
 */
import {
  ownImpls,
  ownPicker,
  pickJobs,
  pickSuite,
  steadyState,
  weightsOf,
  type Mix,
} from '../published/pick-suite.js';
import type { Job, Scope, Suite } from '../harness/suite.js';
import { BALANCERS, namedServers, type BalancerRival } from '../rivals/balancers.js';
import { isInstalled } from '../rivals/packages.js';
import { lesserRivals } from '../rivals/shortcomings.js';

/** One copy in eight is compiled badly, about; with more than so many servers memory decides. */
const COPIES = 2;
const FEW = 64;

/** The suite. */
export const suite: Suite = {
  ...pickSuite,
  jobs: (scope) => jobsWithRivals(scope),
  prepare: (job, impl) => {
    const rival = BALANCERS.find(
      (each) => each.impl === impl && each.subjects.includes(job.subject),
    );
    const picker =
      rival === undefined ? ownPicker(job, impl) : rival.create(namedServers(weightsOf(job)));
    return steadyState(job, impl, picker);
  },
};

function jobsWithRivals(scope: Scope): Job[] {
  const jobs = pickJobs(scope, (subject, mix, n) => {
    const [ours, ...rest] = ownImpls(subject) as [string, ...string[]];
    return [ours, ...rivalsOf(subject, mix, n).map(({ impl }) => impl), ...rest];
  });
  return jobs.map((job) => ({
    ...job,
    lesser: lesserRivals(job.subject),
    copies: job.n <= FEW ? COPIES : 1,
  }));
}

function rivalsOf(subject: string, mix: Mix, n: number): BalancerRival[] {
  return BALANCERS.filter(
    (rival) =>
      rival.subjects.includes(subject) &&
      rival.mixes.includes(mix) &&
      n <= rival.mostServers &&
      isInstalled(rival.package),
  );
}
