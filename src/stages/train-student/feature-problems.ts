/** What the schema cannot say about `distillation.features`: the slot teacher, names of layers, shapes, options of other methods. */
import { isJsonObject } from '../../base/json.ts';
import type { JsonObject } from '../../base/json.ts';
import type { ArtifactFacts } from '../../core/artifact.ts';
import type { OptionProblem } from '../../core/stage-type.ts';
import { didYouMean } from '../../diagnostics/nearest.ts';
import { parseFeatures } from '../../distill/losses/features/feature-spec.ts';
import type { FeatureSpec } from '../../distill/losses/features/feature-spec.ts';
import { featureTypeOf } from '../../distill/losses/features/registry.ts';
import { parseLayers } from '../../distill/model/layer-spec.ts';
import type { Shape } from '../../distill/model/layer-type.ts';
import { placeLayers } from '../../distill/model/placed-layers.ts';
import { inferShapes } from '../../distill/model/shapes.ts';
import { readFacts } from '../artifacts/facts.ts';
import { modelFitProblems } from '../model-fit.ts';
import { parseTraining } from '../training/options.ts';

export interface FeatureOptions {
  readonly features: readonly FeatureSpec[];
  readonly hintEpochs: number;
}

export function parseFeatureOptions(options: JsonObject): FeatureOptions {
  const { distillation } = options;
  const { features = [], hintEpochs = 0 } = isJsonObject(distillation) ? distillation : {};
  return { features: parseFeatures(features), hintEpochs: hintEpochs as number };
}

export function featureProblems(
  options: JsonObject,
  inputs: Readonly<Record<string, ArtifactFacts | undefined>>,
): OptionProblem[] {
  const { features } = parseFeatureOptions(options);
  const shapes = {
    student: studentShapes(options, readFacts(inputs['data']).inputShape),
    teacher: readFacts(inputs['teacher']).layers,
  };
  return [
    ...slotProblems(features, 'teacher' in inputs),
    ...hintProblems(options),
    ...mutualProblems(options),
    ...modelFitProblems(inputs, ['teacher']),
    ...features.flatMap((spec, index) => [
      ...foreignOptions(spec, index),
      ...layerProblems(spec, index, shapes),
      ...likenessProblems(spec, index, shapes),
    ]),
  ];
}

/** Of each layer by name; what is not known is undefined. */
type Shapes = Readonly<Record<string, Shape | undefined>>;

interface BothShapes {
  readonly student: Shapes;
  readonly teacher: Shapes | undefined;
}

/** The names are known without the data, the shapes with it. */
function studentShapes(options: JsonObject, inputShape: Shape | undefined): Shapes {
  const layers = parseLayers(parseTraining(options).model);
  const shapes = inputShape === undefined ? [] : inferShapes(layers, inputShape).shapes;
  return Object.fromEntries(placeLayers(layers).map(({ name }, index) => [name, shapes[index]]));
}

function slotProblems(features: readonly FeatureSpec[], hasTeacher: boolean): OptionProblem[] {
  if (features.length > 0 === hasTeacher) return [];
  if (hasTeacher) {
    return [
      {
        code: 'bad-option',
        message: 'the stage is given a teacher, but has no `features` that say what to learn from its layers',
        hint: 'add `features: [{ method: hint, student: <layer>, teacher: <layer> }]` to `distillation`, or leave teacher out',
        pointer: '/needs/teacher',
        part: 'key',
      },
    ];
  }
  return [
    {
      code: 'missing-slot',
      message: '`features` learn from the layers of a teacher, and no stage fills the slot teacher',
      hint: 'add `teacher: <a stage that trains the teacher>` to `needs`, or leave `features` out',
      pointer: '/with/distillation/features',
      part: 'key',
    },
  ];
}

function hintProblems(options: JsonObject): OptionProblem[] {
  const { distillation } = options;
  const { features, hintEpochs } = parseFeatureOptions(options);
  const { epochs } = parseTraining(options);
  const written = isJsonObject(distillation) && 'hintEpochs' in distillation;
  const here = { code: 'bad-option', pointer: '/with/distillation/hintEpochs' } as const;
  if (written && features.length === 0) {
    const message = '`hintEpochs` says how long to learn from hints alone, and there are no `features`';
    return [{ ...here, message, hint: 'add `features` with a hint, or leave it out', part: 'key' }];
  }
  if (hintEpochs === 0) return [];
  if (!features.some(({ method }) => method === 'hint')) {
    const message = '`hintEpochs` says how long to learn from hints alone, and no feature has the method hint';
    return [{ ...here, message, hint: 'add a feature with `method: hint`, or leave it out', part: 'key' }];
  }
  if (hintEpochs < epochs) return [];
  const message = `all ${epochs} epochs would learn from hints alone, and the last layers from nothing`;
  return [{ ...here, message, hint: '`epochs` counts the hint epochs, too: raise it, or have fewer hints' }];
}

/** What the peers would learn of a teacher's layers, nobody has said. */
function mutualProblems({ distillation }: JsonObject): OptionProblem[] {
  if (!isJsonObject(distillation) || distillation['method'] !== 'mutual' || !('features' in distillation)) return [];
  return [
    {
      code: 'bad-option',
      message: 'students with the method mutual learn from each other, and from no layers of a teacher',
      hint: 'leave `features` out, or choose another method; hardLabels is features beside the labels alone',
      pointer: '/with/distillation/features',
      part: 'key',
    },
  ];
}

function foreignOptions(spec: FeatureSpec, index: number): OptionProblem[] {
  const own = [...Object.keys(featureTypeOf(spec).defaults), 'method', 'student', 'teacher'];
  return Object.keys(spec)
    .filter((name) => !own.includes(name))
    .map((name) => ({
      code: 'bad-option',
      message: `${spec.method} has no \`${name}\``,
      hint: `\`${name}\` is an option of relational`,
      pointer: `/with/distillation/features/${index}/${name}`,
      part: 'key',
    }));
}

function layerProblems(spec: FeatureSpec, index: number, shapes: BothShapes): OptionProblem[] {
  return (['student', 'teacher'] as const).flatMap((whose) => {
    const known = shapes[whose];
    if (known === undefined || Object.hasOwn(known, spec[whose])) return [];
    const hint = didYouMean(spec[whose], Object.keys(known), 'its layers');
    return [
      {
        code: 'unknown-layer',
        message: `the ${whose} has no layer "${spec[whose]}"`,
        ...(hint === undefined ? {} : { hint }),
        pointer: `/with/distillation/features/${index}/${whose}`,
      },
    ];
  });
}

function likenessProblems(spec: FeatureSpec, index: number, shapes: BothShapes): OptionProblem[] {
  const { alike } = featureTypeOf(spec);
  const student = shapes.student[spec.student];
  const teacher = shapes.teacher?.[spec.teacher];
  if (alike === undefined || student === undefined || teacher === undefined) return [];
  const fits = student.length === teacher.length && (alike === 'rank' || student.length === 3);
  if (fits) return [];
  const both = alike === 'rank' ? 'two images, or two lists of numbers' : 'two images of [height, width, channels]';
  return [
    {
      code: 'shape-mismatch',
      message: `${spec.method} compares ${both}, but the student's ${spec.student} gives [${student.join(', ')}] and the teacher's ${spec.teacher} [${teacher.join(', ')}]`,
      hint:
        alike === 'rank'
          ? 'name a layer after `flatten` where the other gives a list; relational, similarityPreserving and pkt compare any shapes'
          : 'name convolutions or poolings; relational, similarityPreserving and pkt compare any shapes',
      pointer: `/with/distillation/features/${index}/method`,
    },
  ];
}
