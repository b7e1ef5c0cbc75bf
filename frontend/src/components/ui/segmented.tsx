"use client";

import clsx from "clsx";
import { ToggleGroup } from "radix-ui";

interface SegmentedProps<Value extends string> {
  label: string;
  options: readonly { value: Value; label: string }[];
  value: Value;
  onChange: (value: Value) => void;
}

/** One choice out of a few, side by side. */
export function Segmented<Value extends string>({ label, options, value, onChange }: SegmentedProps<Value>) {
  const find = (name: string) => options.find((option) => option.value === name);
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value}
      onValueChange={(name) => {
        const chosen = find(name);
        if (chosen) onChange(chosen.value);
      }}
      className="inline-flex rounded-md bg-raised p-0.5"
    >
      {options.map((option) => (
        <ToggleGroup.Item
          key={option.value}
          value={option.value}
          className={clsx(
            "h-6 min-w-8 rounded px-2 text-xs font-medium text-quiet hover:text-text",
            "data-[state=on]:bg-surface data-[state=on]:text-text data-[state=on]:shadow-card",
          )}
        >
          {option.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
