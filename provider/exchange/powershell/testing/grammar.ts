/** Reads PowerShell with its grammar (tree-sitter-powershell), for tests: there need not be a PowerShell on the machine. */
import type * as nodeModule from "node:module";
import path from "node:path";
import { runInThisContext } from "node:vm";
import type * as treeSitter from "@vscode/tree-sitter-wasm";

type Node = treeSitter.Node;

const folder = path.dirname(require.resolve("@vscode/tree-sitter-wasm"));
let parser: Promise<treeSitter.Parser> | undefined;

/** Node's own loader: the library imports dynamically, which jest's cannot do. */
const realProcess = runInThisContext("process") as { getBuiltinModule(name: "node:module"): typeof nodeModule };
const realRequire = realProcess.getBuiltinModule("node:module").createRequire(__filename);

async function open(): Promise<treeSitter.Parser> {
  const { Language, Parser } = realRequire("@vscode/tree-sitter-wasm") as typeof treeSitter;
  await Parser.init();
  const opened = new Parser();
  opened.setLanguage(await Language.load(path.join(folder, "tree-sitter-powershell.wasm")));
  return opened;
}

/** What was parsed: tests ask many things of one script. */
const roots = new Map<string, Node>();

/** The root of the syntax tree. */
export async function parse(script: string): Promise<Node> {
  const known = roots.get(script);
  if (known !== undefined) return known;
  const tree = (await (parser ??= open())).parse(script);
  if (tree === null) throw new Error("the grammar gave no tree");
  roots.set(script, tree.rootNode);
  return tree.rootNode;
}

/** Where the script is no PowerShell: `12: <text>`; empty when it is. */
export async function syntaxErrors(script: string): Promise<string[]> {
  const found: string[] = [];
  const look = (node: Node): void => {
    if (node.isError || node.isMissing) {
      found.push(
        `${String(node.startPosition.row + 1)}: ${node.isMissing ? `no ${node.type}` : node.text.slice(0, 80)}`,
      );
    } else if (node.hasError) {
      for (const child of node.children) if (child !== null) look(child);
    }
  };
  look(await parse(script));
  return found;
}

/** The texts of all nodes of a type. */
export async function textsOf(script: string, type: string): Promise<string[]> {
  return (await parse(script)).descendantsOfType(type).flatMap((node) => (node === null ? [] : [node.text]));
}
