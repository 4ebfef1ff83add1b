import { didYouMean, listed } from '../../diagnostics/nearest.ts';
import type { Problem } from '../../diagnostics/problem.ts';
import type { SourceRange } from '../../diagnostics/source.ts';
import { joinPointer } from '../schema/pointer.ts';
import { mostStages } from './read-groups.ts';
import type { GroupAsRead } from './read-groups.ts';
import { pipelinePlace, replicateAxis } from './group.ts';
import type { ExpandedGroup, Fault } from './group.ts';

/** A fault with all that its problem has to say. */
export interface FaultPlace {
  readonly group: GroupAsRead;
  /** Of a place in the stage. */
  readonly locate: (pointer: string, part?: 'key' | 'value') => SourceRange;
  /** Where its values refer to an axis. */
  readonly whereReferred: (axis: string) => readonly SourceRange[];
  readonly groups: ReadonlyMap<string, ExpandedGroup>;
  /** Every stage that declares an axis of this name. */
  readonly declarers: (axis: string) => readonly string[];
}

/** A fault of a stage's axes as problems, each with its place and what to do. */
export function faultProblems(fault: Fault, place: FaultPlace): readonly Problem[] {
  switch (fault.kind) {
    case 'unknown-reference': {
      const [declarer] = place.declarers(fault.axis);
      const message = `${fault.group} has no axis "${fault.axis}"`;
      const elsewhere = `it is an axis of ${declarer ?? ''}, which ${fault.group} does not need; declare it under the pipeline's matrix`;
      const hint = declarer === undefined ? known(fault) : elsewhere;
      return place.whereReferred(fault.axis).map((where) => ({ code: 'unknown-axis', message, where, hint }));
    }
    case 'gathered-reference': {
      const message = `${fault.group} gathers ${fault.axis}, so that it has no value of it`;
      const hint = 'leave it out of `gather`, to have the stage once for each value';
      const referred = place.whereReferred(fault.axis);
      const wheres = referred.length > 0 ? referred : [place.locate('/gather')];
      return wheres.map((where) => ({ code: 'bad-matrix', message, where, hint }));
    }
    case 'unknown-gather': {
      const index = place.group.gather.indexOf(fault.axis);
      const message = `nothing that ${fault.group} needs has an axis "${fault.axis}"`;
      return [{ code: 'unknown-axis', message, where: place.locate(`/gather/${index}`), hint: known(fault) }];
    }
    case 'unknown-exclude': {
      const pointer = `/matrix${place.group.axes.exclude[fault.index]?.pointer ?? ''}`;
      const where = place.locate(joinPointer(pointer, fault.axis), 'key');
      const message = `${fault.group} has no axis "${fault.axis}"`;
      return [{ code: 'unknown-axis', message, where, hint: known(fault) }];
    }
    case 'unknown-pick': {
      const where = place.locate(joinPointer(`/needs/${fault.slot}/matrix`, fault.axis), 'key');
      const message = `${stageIn(place, fault.slot)} has no axis "${fault.axis}"`;
      return [{ code: 'unknown-axis', message, where, hint: known(fault) }];
    }
    case 'nothing-picked': {
      const stage = stageIn(place, fault.slot);
      const variants = place.groups.get(stage)?.variants ?? [];
      const hint = `its variants: ${listed(
        variants.map(({ id }) => id),
        5,
      )}`;
      const where = place.locate(`/needs/${fault.slot}/matrix`);
      return [{ code: 'bad-matrix', message: `no variant of ${stage} has these values`, where, hint }];
    }
    case 'two-axes':
      return [twoAxes(fault, place)];
    case 'nothing-left':
      return [
        {
          code: 'bad-matrix',
          message: `no combination is left of ${fault.group}`,
          where: place.locate(hasMatrix(place) ? '/matrix' : '', 'key'),
          hint: 'its matrix excludes all of them, or the stages that it needs have none in common',
        },
      ];
    case 'too-many':
      return [
        {
          code: 'bad-matrix',
          message: `with ${fault.group}, the pipeline has more than ${mostStages.toLocaleString('en')} stages`,
          where: place.locate(hasMatrix(place) ? '/matrix' : '', 'key'),
        },
      ];
  }
}

function twoAxes(fault: Extract<Fault, { kind: 'two-axes' }>, { locate }: FaultPlace): Problem {
  const [first, second] = fault.places.map((each) => (each === pipelinePlace ? 'the pipeline' : each));
  const where = locate(`/needs/${fault.slot}`);
  if (fault.axis === replicateAxis) {
    return {
      code: 'bad-matrix',
      message: `${fault.group} has other replicates than ${second ?? ''}, which it needs`,
      where,
      hint: 'give both as many, or gather `replicate`',
    };
  }
  return {
    code: 'bad-matrix',
    message: `${fault.group} would have two axes ${fault.axis}: that of ${first ?? ''} and that of ${second ?? ''}`,
    where,
    hint: "declare it once under the pipeline's matrix to match them, or give one another name to combine them",
  };
}

function known({ axis, known: names }: { readonly axis: string; readonly known: readonly string[] }): string {
  return didYouMean(axis, names, 'its axes') ?? 'there are no axes here';
}

function stageIn({ group }: FaultPlace, slot: string): string {
  return group.needs[slot]?.stage ?? '';
}

function hasMatrix({ group }: FaultPlace): boolean {
  return group.own.axes.length > 0;
}
