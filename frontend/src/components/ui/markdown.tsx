"use client";

import clsx from "clsx";
import { createContext, memo, useContext, useMemo, type ComponentProps, type ReactNode } from "react";
import rehypeSanitize, { defaultSchema } from "rehype-sanitize";
import { Streamdown, type Components, type ExtraProps } from "streamdown";

import { MARK_TAG, rehypeTextMarks, type TextMark } from "./text-marks";
import { rehypeUnbrokenFigures } from "./unbroken-figures";

export type RenderMark = (id: string, children: ReactNode) => ReactNode;

interface MarkdownProps {
  text: string;
  /** Whether more text is coming: an unfinished table or emphasis is then shown as what it will become. */
  streaming?: boolean;
  /** Stretches of a finished text that `renderMark` draws. */
  marks?: TextMark[];
  renderMark?: RenderMark;
  /** For narrow columns beside other small text. */
  dense?: boolean;
}

// Replaces the library's own list, whose `rehype-raw` would turn HTML in the text into markup.
type Plugins = NonNullable<ComponentProps<typeof Streamdown>["rehypePlugins"]>;
const REHYPE_PLUGINS: Plugins = [
  [rehypeSanitize, { ...defaultSchema, protocols: { ...defaultSchema.protocols, href: ["http", "https"] } }],
];

const MarkContext = createContext<RenderMark>((_, children) => children);

const COMPONENTS: Components = {
  [MARK_TAG]: MarkedText,
  a: MarkdownLink,
  table: ({ children }) => (
    <div className="my-3 overflow-x-auto rounded-md border border-line" tabIndex={0} role="group" aria-label="Table">
      <table className="w-full border-collapse text-sm">{children}</table>
    </div>
  ),
  thead: ({ children }) => <thead className="bg-raised text-left">{children}</thead>,
  tr: ({ children }) => <tr className="border-t border-line first:border-t-0">{children}</tr>,
  th: ({ children, style }) => (
    <th style={style} scope="col" className="px-2.5 py-1.5 font-medium whitespace-nowrap">
      {children}
    </th>
  ),
  td: ({ children, style }) => (
    <td style={style} className="px-2.5 py-1.5">
      {children}
    </td>
  ),
  img: ({ alt }) => <span className="text-quiet">[Image{alt ? `: ${alt}` : ""}]</span>,
  h1: ({ children }) => <h3 className="mt-4 mb-1.5 text-base font-semibold">{children}</h3>,
  h2: ({ children }) => <h3 className="mt-4 mb-1.5 text-base font-semibold">{children}</h3>,
  h3: ({ children }) => <h4 className="mt-3 mb-1 font-semibold">{children}</h4>,
  p: ({ children }) => <p className="my-2 first:mt-0 last:mb-0">{children}</p>,
  ul: ({ children }) => <ul className="my-2 list-disc space-y-1 pl-5">{children}</ul>,
  ol: ({ children }) => <ol className="my-2 list-decimal space-y-1 pl-5">{children}</ol>,
  li: ({ children }) => <li>{children}</li>,
  pre: ({ children }) => (
    <pre className="my-3 overflow-x-auto rounded-md bg-raised p-3 text-xs [&_code]:bg-transparent [&_code]:p-0">{children}</pre>
  ),
  code: ({ children }) => <code className="rounded bg-raised px-1 py-0.5 font-mono text-[0.9em]">{children}</code>,
};

// A path of this app or a place on this page. Two slashes would lead to another host.
const OWN_ADDRESS = /^(\/(?![/\\])|#)/;

// What a model wrote may have been planted in what it read: a link elsewhere could carry figures in its address.
function MarkdownLink({ href, children }: ComponentProps<"a"> & ExtraProps) {
  if (href === undefined) return <>{children}</>;
  if (!OWN_ADDRESS.test(href)) {
    return (
      <span title={href}>
        {children} <span className="text-quiet">(not linked: {host(href)})</span>
      </span>
    );
  }
  return (
    <a href={href} className="text-accent underline underline-offset-2">
      {children}
    </a>
  );
}

function host(address: string): string {
  const base = "https://relative.invalid";
  return URL.canParse(address, base) ? new URL(address, base).host : "another site";
}

function MarkedText({ mark, children }: Record<string, unknown> & { children?: ReactNode }) {
  return useContext(MarkContext)(String(mark), children);
}

const NO_MARKS: TextMark[] = [];
const asWritten: RenderMark = (_, children) => children;

/** Text that a model wrote. Raw HTML is inert, images are never fetched, and links lead within this app only. */
export const Markdown = memo(function Markdown({ text, streaming = false, marks = NO_MARKS, renderMark = asWritten, dense = false }: MarkdownProps) {
  const isMarked = !streaming && marks.length > 0;
  const plugins = useMemo<Plugins>(
    // Marks come after the sanitizer, which lets no element of a text pass for one, and find their places in a text
    // whose characters are still those of its source.
    () => [...REHYPE_PLUGINS, ...(isMarked ? [[rehypeTextMarks, marks] as [typeof rehypeTextMarks, TextMark[]]] : []), rehypeUnbrokenFigures],
    [isMarked, marks],
  );
  return (
    <MarkContext value={renderMark}>
      <Streamdown
        // The renderer does not look at its plugins again while the text stays the same.
        key={isMarked ? "marked" : "plain"}
        mode={streaming ? "streaming" : "static"}
        parseIncompleteMarkdown={streaming}
        rehypePlugins={plugins}
        components={COMPONENTS}
        controls={false}
        className={clsx("tabular leading-relaxed wrap-anywhere", dense ? "text-sm" : "text-[0.95rem]")}
      >
        {text}
      </Streamdown>
    </MarkContext>
  );
});
