{{/* What test pods have in common. There is nothing in the image but Davy, so Davy tests itself. */}}
{{- define "davy.testPod" -}}
restartPolicy: Never
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- end }}

{{- define "davy.testContainer" -}}
image: {{ include "davy.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  {{- toYaml .Values.securityContext | nindent 2 }}
resources:
  {{- toYaml .Values.tests.resources | nindent 2 }}
{{- end }}

{{/*
A question to the API server as a policy: `davy gate` looks at nothing, passes, and then has its on_pass action, which
succeeds only if the answer is "allowed". Takes {root, namespace, rule}; asks for the rule's last verb.
*/}}
{{- define "davy.permissionPolicy" -}}
{{- $resource := first .rule.resources -}}
{{- $asked := dict "namespace" .namespace "verb" (last .rule.verbs) "group" (first .rule.apiGroups) "resource" (first (splitList "/" $resource)) -}}
{{- if contains "/" $resource }}{{ $_ := set $asked "subresource" (last (splitList "/" $resource)) }}{{ end -}}
{{- with .rule.resourceNames }}{{ $_ := set $asked "name" (first .) }}{{ end -}}
{{- $review := dict "apiVersion" "authorization.k8s.io/v1" "kind" "SelfSubjectAccessReview" "spec" (dict "resourceAttributes" $asked) -}}
version: davy/v1
service: helm-test
canary: {targets: ["http://127.0.0.1:9/canary"]}
baseline: {targets: ["http://127.0.0.1:9/baseline"]}
scrape: {interval: 1s, timeout: 500ms}
window: 2s
warmup: 0s
on_blind: {after: 1s, do: pass}
on_no_data: pass
on_inconclusive: pass
responses: {P1: warn}
checks:
  - {name: nothing, gauge: davy_build_info, max: 1, method: threshold}
on_pass:
  - http:
      url: {{ .root.Values.tests.apiServer }}/apis/authorization.k8s.io/v1/selfsubjectaccessreviews
      authorization: {credentials_file: /var/run/secrets/kubernetes.io/serviceaccount/token}
      {{- if hasPrefix "https:" .root.Values.tests.apiServer }}
      tls_config: {ca_file: /var/run/secrets/kubernetes.io/serviceaccount/ca.crt}
      {{- end }}
      body: '{{ toJson $review }}'
      success: {pointer: /status/allowed, equals: "true"}
guard_rails: {deadline: 5s}
{{- end }}

{{/* Every rule that the chart grants, as a JSON list of {name, namespace, rule}. */}}
{{- define "davy.permissions" -}}
{{- $root := . -}}
{{- $asked := list -}}
{{- if .Values.leaderElection.enabled -}}
  {{- range include "davy.ownRules" . | fromYamlArray -}}
    {{- $asked = append $asked (dict "who" "own" "namespace" $root.Release.Namespace "rule" .) -}}
  {{- end -}}
{{- end -}}
{{- range $key, $target := .Values.targets -}}
  {{- range include "davy.targetRules" (dict "key" $key "target" $target) | fromYamlArray -}}
    {{- $asked = append $asked (dict "who" $key "namespace" (default $root.Release.Namespace $target.namespace) "rule" .) -}}
  {{- end -}}
{{- end -}}
{{- $named := list -}}
{{- range $i, $ask := $asked -}}
  {{- $what := printf "%d-%s-%s-%s" $i (last $ask.rule.verbs) (first $ask.rule.resources) $ask.who | replace "/" "-" | trunc 63 | trimSuffix "-" -}}
  {{- $named = append $named (dict "name" $what "namespace" $ask.namespace "rule" $ask.rule) -}}
{{- end -}}
{{- toJson $named -}}
{{- end }}
