/**
 * The house, as rules: who may import whom. One rule a folder, type imports counted. See ARCHITECTURE.md.
 */
const everything = [
  'base',
  'diagnostics',
  'core',
  'config',
  'graph',
  'fingerprint',
  'store',
  'engine',
  'tensor',
  'distill',
  'stages',
  'plugins',
  'records',
  'report',
  'api',
  'ui',
  'cli',
];

/** A folder may import itself, what is named here, and packages; nothing else of ours but the files in `files`. */
function only(folder, comment, allowed, files = []) {
  const forbidden = everything.filter((other) => other !== folder && !allowed.includes(other));
  return {
    name: `${folder}-imports`,
    comment,
    severity: 'error',
    from: { path: `^src/${folder}/` },
    to: { path: `^src/(${forbidden.join('|')})/`, ...(files.length > 0 ? { pathNot: files } : {}) },
  };
}

const core = ['base', 'diagnostics', 'core'];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    only('base', 'Hashing, canonical JSON, files: no word of the domain.', []),
    only('diagnostics', 'Problems and code frames know texts, not pipelines.', ['base']),
    only('core', 'The contracts: no I/O, nothing above them.', ['base', 'diagnostics']),
    only('config', 'From YAML to a PipelineSpec; it neither knows the graph nor runs anything.', core),
    only('graph', 'From stages to a DAG.', core),
    only('fingerprint', 'What enters a key; the one list.', core),
    only('store', 'Keeps artifacts; does not know how they come to be.', core),
    only('records', 'Runs as they were; reads events, not the engine.', core),
    only('tensor', 'The only place that imports TensorFlow.js.', core),
    only('distill', 'Pure numerics: no files, no YAML.', ['tensor', ...core]),
    only('engine', 'Plans and runs stages of any type; never a stage type, a tensor or a screen.', [
      'graph',
      'fingerprint',
      'store',
      ...core,
    ]),
    only('stages', 'What each stage type does; files only through the context that it is given.', [
      'distill',
      'tensor',
      ...core,
    ]),
    only('plugins', 'From names in a project file to stage types of other people: bundled, loaded, checked.', [
      'config',
      'fingerprint',
      ...core,
    ]),
    only(
      'report',
      'Sinks of events and records; the live page knows what its server is asked.',
      ['records', ...core],
      ['^src/ui/protocol[.]ts$'],
    ),
    only(
      'api',
      'Puts the parts together, for the command and for the library.',
      everything.filter((folder) => folder !== 'cli' && folder !== 'ui'),
    ),
    only(
      'ui',
      'The live page’s server: asks api, and reads records.',
      everything.filter((folder) => folder !== 'cli'),
    ),
    {
      name: 'tensorflow-in-tensor-only',
      comment: 'A second door to TensorFlow.js would load another backend registry.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(tensor|report/web)/' },
      to: { path: 'node_modules/@tensorflow/' },
    },
    {
      name: 'temporal-in-its-engine-only',
      comment: 'Whoever stays on one machine never loads it.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/engine/temporal/' },
      to: { path: 'node_modules/@temporalio/' },
    },
    {
      name: 'client-and-worker-apart',
      comment: 'They are on different machines, and meet in what lies beside their folders.',
      severity: 'error',
      from: { path: '^src/engine/temporal/(client|worker)/' },
      to: { path: '^src/engine/temporal/(client|worker)/', pathNot: '^src/engine/temporal/$1/' },
    },
    { name: 'no-cycle', comment: 'A knot of files is one file.', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'resolvable',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true, pathNot: '(^|/)generated/|^@tensorflow/tfjs-node$' },
    },
    {
      name: 'no-dev-dependency',
      comment:
        'Pages for the browser are bundled when the program is built; the clients of S3 and Temporal are optional peers.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(tensor/backend|report/web/|store/s3/|engine/temporal/)' },
      to: { dependencyTypes: ['npm-dev'] },
    },
    {
      name: 'src-stands-alone',
      comment: 'Tests and benchmarks import src, never the reverse.',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
};
