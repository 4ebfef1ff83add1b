/** `import()` that works in the command's kept code too, where the language's own has lost its way: its entry hands it in. */
export function importModule(address: string): Promise<unknown> {
  return (handedIn() ?? ((from: string) => import(from) as Promise<unknown>))(address);
}

export function handInImport(importer: Importer): void {
  Object.assign(globalThis, { [NAME]: importer });
}

type Importer = (address: string) => Promise<unknown>;

/** The entry and the program are two bundles, which share no module. */
const NAME = Symbol.for('distill-pipeline import');

function handedIn(): Importer | undefined {
  return (globalThis as { [NAME]?: Importer })[NAME];
}
