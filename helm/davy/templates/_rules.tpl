{{/*
What Davy may do to one target: a list of RBAC rules, YAML. The last verb of a rule is its strongest, which is the one that
`helm test` asks the API server about. Takes {key, target}.
*/}}
{{- define "davy.targetRules" -}}
{{- $target := .target -}}
{{- $kind := default "deployment" $target.kind -}}
{{- $name := default .key $target.name -}}
{{- $actions := default (list) $target.actions -}}
{{- $traffic := default (dict) $target.traffic -}}
{{- $known := dict "deployment" (list "undo" "pause" "resume" "scale") "statefulset" (list "undo" "scale") "daemonset" (list "undo") "rollout" (list "abort" "retry" "promote" "pause" "undo") -}}
{{- range $actions -}}
  {{- if and (ne . "traffic") (not (has . (get $known $kind))) -}}
    {{- fail (printf "davy: targets.%s.actions: a %s knows no %s; one of %s, traffic" $.key $kind . (join ", " (get $known $kind))) -}}
  {{- end -}}
{{- end -}}
{{- $routes := concat (default (list) $traffic.httpRoutes) (default (list) $traffic.virtualServices) (default (list) $traffic.ingresses) -}}
{{- if and (has "traffic" $actions) (not $routes) -}}
  {{- fail (printf "davy: targets.%s.actions: traffic needs targets.%s.traffic with httpRoutes, virtualServices or ingresses" .key .key) -}}
{{- end -}}
{{- /* Abort and retry write the status alone; an undo of a promoted Rollout writes it, too. Scaling writes the workload itself, because only there the patch can say
  which template was judged, and be refused if it is no more. */ -}}
{{- $changes := false -}}
{{- range $actions -}}
  {{- if has . (list "undo" "pause" "resume" "scale" "promote") -}}{{- $changes = true -}}{{- end -}}
{{- end -}}
{{- $group := ternary "argoproj.io" "apps" (eq $kind "rollout") -}}
- apiGroups: [""]
  resources: [pods]
  verbs: [get, list, watch]
- apiGroups: [apps]
  resources: [{{ ternary "replicasets" "controllerrevisions" (has $kind (list "deployment" "rollout")) }}]
  verbs: [get, list, watch]
- apiGroups: [{{ $group }}]
  resources: [{{ $kind }}s]
  resourceNames: {{ list $name | toJson }}
  verbs: [get, list, watch{{ if $changes }}, patch{{ end }}]
{{- if and (eq $kind "rollout") (or (has "abort" $actions) (has "retry" $actions) (has "promote" $actions) (has "undo" $actions)) }}
- apiGroups: [argoproj.io]
  resources: [rollouts/status]
  resourceNames: {{ list $name | toJson }}
  verbs: [patch]
{{- end }}
{{- $split := ternary "[get, patch]" "[get]" (has "traffic" $actions) }}
{{- with $traffic.httpRoutes }}
- apiGroups: [gateway.networking.k8s.io]
  resources: [httproutes]
  resourceNames: {{ toJson . }}
  verbs: {{ $split }}
{{- end }}
{{- with $traffic.virtualServices }}
- apiGroups: [networking.istio.io]
  resources: [virtualservices]
  resourceNames: {{ toJson . }}
  verbs: {{ $split }}
{{- end }}
{{- with $traffic.ingresses }}
- apiGroups: [networking.k8s.io]
  resources: [ingresses]
  resourceNames: {{ toJson . }}
  verbs: {{ $split }}
{{- end }}
{{- end }}

{{/* What Davy may do where it runs itself: the Lease and the state of each service, by name. */}}
{{- define "davy.ownRules" -}}
{{- $names := list -}}
{{- range include "davy.services" . | fromJsonArray -}}
  {{- $names = append $names (printf "davy-%s" .) -}}
{{- end -}}
{{- with $names }}
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  resourceNames: {{ toJson . }}
  verbs: [get, update, patch]
- apiGroups: [""]
  resources: [configmaps]
  resourceNames: {{ toJson . }}
  verbs: [get, update, patch]
{{- end }}
{{- if not .Values.leaderElection.precreate }}
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  verbs: [create]
- apiGroups: [""]
  resources: [configmaps]
  verbs: [create]
{{- end }}
{{- end }}
