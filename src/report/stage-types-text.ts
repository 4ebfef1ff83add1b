import { isJsonObject, type JsonObject, type JsonValue } from '../base/json.ts';
import type { StageType } from '../core/stage-type.ts';
import type { Style } from './style.ts';
import { renderTable } from './table.ts';

type Described = Pick<StageType, 'name' | 'description' | 'slots' | 'otherSlots' | 'output' | 'schema'> & {
  readonly plugin?: string;
};
type Layout = { readonly style: Style; readonly width: number };

/** The stage types as a table, with a line break at the end. */
export async function renderStageTypes(types: readonly Described[], options: Layout): Promise<string> {
  const rows = types.map((type) => [options.style.name(type.name), needsText(type), type.output, type.description]);
  return `${await renderTable({ head: ['type', 'needs', 'makes', 'what it does'], rows }, options)}\n`;
}

/** One stage type: its slots and options, with a line break at the end. */
export async function renderStageType(type: Described, options: Layout): Promise<string> {
  const blocks = [`${options.style.heading(type.name)}: ${type.description}`, `makes: ${type.output}`];
  if (type.plugin !== undefined) blocks.push(`from the plugin ${type.plugin}`);
  const slots = Object.entries({ ...type.slots, ...(type.otherSlots === undefined ? {} : { '…': type.otherSlots }) });
  if (slots.length > 0) {
    const rows = slots.map(([name, slot]) => [
      options.style.name(name),
      slot.kind,
      slot.required ? 'required' : '',
      slot.description,
    ]);
    blocks.push(await renderTable({ head: ['slot', 'kind', '', 'what for'], rows }, options));
  }
  const rows = optionRows(type.schema, options.style);
  if (rows.length > 0) {
    blocks.push(await renderTable({ head: ['option', 'type', 'default', 'what it is'], rows }, options));
  }
  return `${blocks.join('\n\n')}\n`;
}

function needsText(type: Described): string {
  const names = Object.entries(type.slots).map(([name, { required }]) => (required ? name : `[${name}]`));
  return [...names, ...(type.otherSlots === undefined ? [] : ['…'])].join(', ');
}

function optionRows(schema: JsonObject, style: Style): string[][] {
  const properties = schema['properties'];
  const required = Array.isArray(schema['required']) ? (schema['required'] as readonly JsonValue[]) : [];
  if (!isJsonObject(properties)) return [];
  return Object.entries(properties).map(([name, property]) => {
    const described = isJsonObject(property) ? property : {};
    const preset = described['default'];
    return [
      style.name(name),
      typeText(described),
      preset !== undefined ? JSON.stringify(preset) : required.includes(name) ? 'required' : '',
      textOf(described['description']) || textOf(described['title']),
    ];
  });
}

function typeText(property: JsonObject): string {
  const values = property['enum'];
  if (Array.isArray(values))
    return values.map((value: JsonValue) => textOf(value) || JSON.stringify(value)).join(' | ');
  const type = property['type'];
  if (Array.isArray(type)) return type.map(textOf).join(' | ');
  return textOf(type);
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
