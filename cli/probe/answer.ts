/** An answer of the admin API, read with care: it may be JSON, NUL bytes, HTML or nothing. */
import { type HttpAnswer, parseJson } from "../../provider/core/http";

/** A property is undefined where it is missing or of another type. */
export type Row = Readonly<Record<string, unknown>>;

export class RawAnswer {
  readonly status: number;
  readonly text: string;
  readonly #answer: HttpAnswer;
  readonly #json: unknown;

  constructor(answer: HttpAnswer) {
    this.#answer = answer;
    this.status = answer.status;
    this.text = answer.text;
    this.#json = parseJson(answer.text);
  }

  header(name: string): string | undefined {
    return this.#answer.header(name);
  }

  get json(): Row {
    return asRow(this.#json);
  }

  /** Of a list: undefined when the answer has none. */
  get rows(): readonly Row[] | undefined {
    const { value } = this.json;
    return Array.isArray(value) ? value.map(asRow) : undefined;
  }

  get warnings(): readonly string[] {
    return texts(this.json["@adminapi.warnings"]);
  }

  get nextLink(): string | undefined {
    return text(this.json["@odata.nextLink"]);
  }

  /** `ErrorId|Exception.Type|text`, undefined when the answer has no such detail. */
  get detail(): string | undefined {
    return detailOf(this.json);
  }

  /** Full name of the .NET exception that is said to be inside. */
  get innerType(): string | undefined {
    const inner = asRow(asRow(asRow(this.json["error"])["innererror"])["internalexception"]);
    return text(inner["type"]);
  }

  /** The answers of a batch; empty when there are none. */
  get responses(): readonly Row[] {
    const { responses } = this.json;
    return Array.isArray(responses) ? responses.map(asRow) : [];
  }
}

/** `ErrorId|Exception.Type|text` of an answer's or a batch item's body. */
export function detailOf(body: unknown): string | undefined {
  const { details } = asRow(asRow(body)["error"]);
  return Array.isArray(details) ? text(asRow(details[0])["message"]) : undefined;
}

export function asRow(value: unknown): Row {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Row) : {};
}

export function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

/** Without what is no text. */
export function texts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : [];
}
