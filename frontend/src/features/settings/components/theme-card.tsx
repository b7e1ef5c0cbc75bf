"use client";

import { useSyncExternalStore } from "react";

import { Card } from "@/components/ui/card";
import { Segmented } from "@/components/ui/segmented";
import { readTheme, setTheme, subscribeToTheme } from "@/lib/theme";

const OPTIONS = [
  { value: "system", label: "As the system" },
  { value: "light", label: "Light" },
  { value: "dark", label: "Dark" },
] as const;

export function ThemeCard() {
  const theme = useSyncExternalStore(subscribeToTheme, readTheme, () => "system" as const);
  return (
    <Card title="Appearance">
      <div className="flex flex-wrap items-center justify-between gap-3 text-sm">
        <p>
          Colours
          <span className="block text-xs text-quiet">Kept in this browser.</span>
        </p>
        <Segmented label="Colours" options={OPTIONS} value={theme} onChange={setTheme} />
      </div>
    </Card>
  );
}
