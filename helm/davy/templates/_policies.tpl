{{/* The text of one policy file. */}}
{{- define "davy.policyText" -}}
{{- if kindIs "string" . }}{{ . }}{{ else }}{{ toYaml . }}{{ end }}
{{- end }}

{{/* The services that are watched, as a JSON list: each has a Lease and a ConfigMap named davy-<service>. */}}
{{- define "davy.services" -}}
{{- include "davy.check" . -}}
{{- $services := list -}}
{{- range $file, $policy := .Values.policies -}}
  {{- $read := $policy -}}
  {{- if kindIs "string" $policy -}}
    {{- $read = fromYaml $policy -}}
    {{- if hasKey $read "Error" -}}
      {{- fail (printf "davy: policies.%s is no YAML: %s" $file $read.Error) -}}
    {{- end -}}
  {{- end -}}
  {{- $service := toString (get $read "service") -}}
  {{- if not (regexMatch "^[a-z0-9]([-a-z0-9]{0,56}[a-z0-9])?$" $service) -}}
    {{- fail (printf "davy: policies.%s: service is %q; it names a Lease, so write small letters, digits and '-', at most 58" $file $service) -}}
  {{- end -}}
  {{- if has $service $services -}}
    {{- fail (printf "davy: policies.%s: another policy has service %s already" $file $service) -}}
  {{- end -}}
  {{- if eq (printf "davy-%s" $service) (include "davy.policyConfigMap" $) -}}
    {{- fail (printf "davy: policies.%s: davy-%s is the name of the policies' ConfigMap already; set fullnameOverride" $file $service) -}}
  {{- end -}}
  {{- $services = append $services $service -}}
{{- end -}}
{{- toJson (concat $services .Values.services) -}}
{{- end }}

{{- define "davy.policyConfigMap" -}}
{{- default (printf "%s-policies" (include "davy.fullname" .)) .Values.existingPolicyConfigMap -}}
{{- end }}

{{/* Changes when a policy does, so that pods with this annotation are replaced. */}}
{{- define "davy.checksum" -}}
{{- toJson .Values.policies | sha256sum -}}
{{- end }}
