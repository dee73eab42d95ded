// The published description of the API, /api/openapi.json, as the pages of the reference need it.

const METHODS = ['get', 'post', 'put', 'delete'];

export class Description {
  constructor(document) {
    this.document = document;
  }

  /** What a reference points to; what it says beside the reference counts more. */
  of(value) {
    if (!value?.$ref) return value;
    const { $ref, ...beside } = value;
    const found = $ref
      .slice(2)
      .split('/')
      .reduce((at, name) => at[name], this.document);
    return { ...this.of(found), ...beside };
  }

  /** All routes in their order: under their tags, with everything resolved that stands on top. */
  operations() {
    const all = (paths, kind) =>
      Object.entries(paths).flatMap(([path, item]) =>
        METHODS.filter((method) => item[method]).map((method) => this.#operation(path, item, method, kind)),
      );
    return [...all(this.document.paths, 'route'), ...all(this.document.webhooks ?? {}, 'receiver')];
  }

  #operation(path, item, method, kind) {
    const operation = item[method];
    const security = operation.security ?? this.document.security;
    return {
      kind,
      path,
      method: method.toUpperCase(),
      id: operation.operationId,
      tag: operation.tags[0],
      summary: operation.summary,
      description: operation.description ?? '',
      isOpen: security.length === 0 || security.some((way) => Object.keys(way).length === 0),
      parameters: [...(item.parameters ?? []), ...(operation.parameters ?? [])].map((one) => this.of(one)),
      body: operation.requestBody ? this.#content(operation.requestBody) : null,
      responses: Object.entries(operation.responses).map(([status, response]) => {
        const found = this.of(response);
        return { status, description: found.description, ...this.#content(found) };
      }),
    };
  }

  #content(holder) {
    const json = this.of(holder).content?.['application/json'];
    return { schema: json?.schema ?? null, example: json?.example };
  }

  /** A type as one reads it: `string`, `array of integer`, `a | b`. */
  typeOf(schema) {
    const found = this.of(schema);
    if (found.enum) return found.enum.map((value) => String(value)).join(' | ');
    if (found.const !== undefined) return String(found.const);
    if (found.anyOf) return [...new Set(found.anyOf.map((one) => this.typeOf(one)))].join(' | ');
    const types = [found.type ?? 'any'].flat();
    return types
      .map((type) => (type === 'array' && found.items ? `array of ${this.typeOf(found.items)}` : type))
      .join(' | ');
  }

  /** The members of an object, of an array's items, or of one of several; null where it has none. */
  membersOf(schema) {
    const found = this.of(schema);
    if (found.properties) {
      return Object.entries(found.properties)
        .filter(([, member]) => !this.of(member).readOnly)
        .map(([name, member]) => ({
          name,
          schema: member,
          type: this.typeOf(member),
          description: this.of(member).description ?? '',
          isRequired: (found.required ?? []).includes(name),
          bounds: bounds(this.of(member)),
        }));
    }
    if (found.items) return this.membersOf(found.items);
    for (const one of found.anyOf ?? []) {
      const members = this.membersOf(one);
      if (members) return members;
    }
    return null;
  }
}

const BOUNDS = {
  minimum: '≥',
  maximum: '≤',
  minLength: 'length ≥',
  maxLength: 'length ≤',
  maxItems: 'items ≤',
  default: 'default',
};

const bounds = (schema) =>
  Object.entries(BOUNDS)
    .filter(([name]) => schema[name] !== undefined)
    .map(([name, sign]) => `${sign} ${schema[name]}`)
    .join(', ');
