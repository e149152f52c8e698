// The Pulumi CLI, for a machine that has Go and no CLI: docs/pulumi.md.
module pulumi-cli

go 1.25.11

require github.com/pulumi/pulumi/pkg/v3 v3.248.0
