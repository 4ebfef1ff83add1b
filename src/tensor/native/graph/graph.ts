/** A recording as the nodes of a TensorFlow graph whose state stays in variables of its own from run to run. */
import type { Attribute } from '../operation.ts';
import { NotRecordable, type Constant, type Recording, type Source } from './recording.ts';

export interface GraphNode {
  readonly name: string;
  readonly operation: string;
  /** `node:output`, and `^node` for what only has to come before. */
  readonly inputs: readonly string[];
  readonly attributes: readonly Attribute[];
  readonly constant?: Constant;
}

/** Numbers of the attributes' types in the addon's interface (TF_AttrType), and of the data types that are used here. */
const [STRING, TYPE, SHAPE] = [0, 4, 5];
const FLOAT = 1;
const INT32 = 3;

export const names = {
  input: (name: string) => `input/${name}`,
  value: (index: number) => `state/${index}/value`,
  read: (index: number) => `state/${index}/read`,
  output: (index: number) => `output/${index}`,
  /** Fetching it runs the step. */
  done: 'done',
  /** Fetching it sets the state to what is fed as its values. */
  loaded: 'loaded',
};

/** @throws NotRecordable */
export function graphOf(recording: Recording): GraphNode[] {
  const nodes = [
    ...recording.inputs.map(({ name, shape }) => placeholder(names.input(name), shape)),
    ...recording.state.flatMap(({ shape }, index) => stateNodes(index, shape)),
  ];
  const own = ownVariables(recording);
  const lastUse = new Map<number, string>(recording.state.map((_, index) => [index, names.read(index)]));
  for (const [index, node] of recording.nodes.entries()) {
    // The variables are there already, with the state in them.
    if (own.has(index) || node.operation === 'AssignVariableOp') continue;
    const variables = node.inputs.flatMap((source) => variableOf(source, own) ?? []);
    const before = variables.map((variable) => `^${lastUse.get(variable) ?? ''}`);
    const name = nodeName(index);
    nodes.push({ ...node, name, inputs: [...node.inputs.map((source) => inputName(source, own)), ...before] });
    for (const variable of variables) lastUse.set(variable, name);
  }
  const ends = recording.results.map((result, index) => {
    const variable = readOf(result, recording, own);
    if (result.from === 'state' ? result.index === index : variable === index) return lastUse.get(index) ?? '';
    const name = `state/${index}/next`;
    const inputs = [handle(index), inputName(result, own), `^${lastUse.get(index) ?? ''}`];
    nodes.push({ name, operation: 'AssignVariableOp', inputs, attributes: [type('dtype', FLOAT)] });
    return name;
  });
  for (const [index, output] of recording.outputs.entries()) {
    const inputs = [inputName(output, own)];
    nodes.push({ name: names.output(index), operation: 'Identity', inputs, attributes: [type('T', FLOAT)] });
  }
  nodes.push(
    signal(names.done, ends),
    signal(
      names.loaded,
      recording.state.map((_, index) => `state/${index}/set`),
    ),
  );
  return nodes;
}

/** Of the variables that the optimiser's operations are lent: which piece of the state each was given. */
function ownVariables({ nodes }: Recording): ReadonlyMap<number, number> {
  const own = new Map<number, number>();
  for (const { operation, inputs } of nodes) {
    if (operation !== 'AssignVariableOp') continue;
    const [variable, value] = inputs;
    if (variable?.from !== 'node' || value?.from !== 'state') throw new NotRecordable('a variable inside the step');
    own.set(variable.node, value.index);
  }
  for (const [index, { operation }] of nodes.entries()) {
    if (operation === 'VarHandleOp' && !own.has(index)) throw new NotRecordable('a variable inside the step');
  }
  return own;
}

function variableOf(source: Source, own: ReadonlyMap<number, number>): number | undefined {
  return source.from === 'node' ? own.get(source.node) : undefined;
}

/** The piece of the state that this is read from after its update. */
function readOf(source: Source, { nodes }: Recording, own: ReadonlyMap<number, number>): number | undefined {
  const node = source.from === 'node' ? nodes[source.node] : undefined;
  const [variable] = node?.operation === 'ReadVariableOp' ? node.inputs : [];
  return variable === undefined ? undefined : variableOf(variable, own);
}

function inputName(source: Source, own: ReadonlyMap<number, number>): string {
  if (source.from === 'input') return `${names.input(source.name)}:0`;
  if (source.from === 'state') return `${names.read(source.index)}:0`;
  const variable = own.get(source.node);
  return variable === undefined ? `${nodeName(source.node)}:${source.output}` : handle(variable);
}

function stateNodes(index: number, shape: readonly number[]): GraphNode[] {
  const dtype = type('dtype', FLOAT);
  const name = `state/${index}`;
  return [
    {
      name,
      operation: 'VarHandleOp',
      inputs: [],
      attributes: [dtype, shaped(shape), { name: 'shared_name', type: STRING, value: name }],
    },
    { name: names.read(index), operation: 'ReadVariableOp', inputs: [handle(index)], attributes: [dtype] },
    placeholder(names.value(index), shape),
    {
      name: `${name}/set`,
      operation: 'AssignVariableOp',
      inputs: [handle(index), `${names.value(index)}:0`],
      attributes: [dtype],
    },
  ];
}

function placeholder(name: string, shape: readonly number[]): GraphNode {
  return { name, operation: 'Placeholder', inputs: [], attributes: [type('dtype', FLOAT), shaped(shape)] };
}

/** A number that is there once these are done. */
function signal(name: string, after: readonly string[]): GraphNode {
  const constant = { shape: [], dtype: INT32, bytes: new Uint8Array(4) };
  return { name, operation: 'Const', inputs: after.map((each) => `^${each}`), attributes: [], constant };
}

function handle(index: number): string {
  return `state/${index}:0`;
}

function nodeName(index: number): string {
  return `node/${index}`;
}

function type(name: string, value: number): Attribute {
  return { name, type: TYPE, value };
}

function shaped(value: readonly number[]): Attribute {
  return { name: 'shape', type: SHAPE, value };
}
