"use client";

import { Monitor, Moon, Sun } from "lucide-react";
import { useSyncExternalStore } from "react";

import { readTheme, setTheme, subscribeToTheme, THEMES, type Theme } from "@/lib/theme";
import { Button } from "./button";

const ICONS = { system: Monitor, light: Sun, dark: Moon };
const LABELS: Record<Theme, string> = { system: "as the system", light: "light", dark: "dark" };

export function ThemeToggle() {
  const theme = useSyncExternalStore(subscribeToTheme, readTheme, () => "system" as const);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  const Icon = ICONS[theme];
  const label = `Colours: ${LABELS[theme]}. Switch to ${LABELS[next]}.`;
  return (
    <Button variant="ghost" icon aria-label={label} title={label} onClick={() => setTheme(next)}>
      <Icon aria-hidden="true" className="size-4" />
    </Button>
  );
}
