"""What the `sigmasight` command does, a module for each of its nouns. Each prints, or says whether all went well."""
