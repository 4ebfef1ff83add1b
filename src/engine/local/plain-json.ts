/**
 * Where a value is not plain JSON, in words, or undefined where it is. What a stage gives goes into the store as JSON: a NaN or
 * an undefined would come back as something else.
 */
export function jsonFault(value: unknown, name: string): string | undefined {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : `${name} is ${value}`;
    case 'object':
      return value === null ? undefined : objectFault(value, name);
    default:
      return `${name} is ${typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`}`;
  }
}

function objectFault(value: object, name: string): string | undefined {
  if (Array.isArray(value)) return firstFault(Array.from(value, (item, index) => [`${name}[${index}]`, item]));
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return `${name} is a ${value.constructor.name}`;
  return firstFault(Object.entries(value).map(([member, item]) => [`${name}.${member}`, item]));
}

function firstFault(members: readonly (readonly [string, unknown])[]): string | undefined {
  for (const [name, value] of members) {
    const fault = jsonFault(value, name);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
