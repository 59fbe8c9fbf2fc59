{{/* Names and labels, as `helm create` makes them. */}}
{{- define "davy.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "davy.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- $name := default .Chart.Name .Values.nameOverride }}
{{- if contains $name .Release.Name }}
{{- .Release.Name | trunc 63 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name $name | trunc 63 | trimSuffix "-" }}
{{- end }}
{{- end }}
{{- end }}

{{- define "davy.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
app.kubernetes.io/name: {{ include "davy.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: davy
{{- end }}

{{/* Of the pods that watch; test pods have another component, so the Service does not find them. */}}
{{- define "davy.selectorLabels" -}}
app.kubernetes.io/name: {{ include "davy.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: guard
{{- end }}

{{- define "davy.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "davy.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "davy.image" -}}
{{- $name := .Values.image.repository -}}
{{- with .Values.image.registry }}{{ $name = printf "%s/%s" . $name }}{{ end -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $name .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $name (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end }}

{{/* Values that contradict each other, said before anything is installed. */}}
{{- define "davy.check" -}}
{{- if and .Values.policies .Values.existingPolicyConfigMap }}
{{- fail "davy: policies and existingPolicyConfigMap: give one of them" }}
{{- end }}
{{- if not (or .Values.policies .Values.existingPolicyConfigMap) }}
{{- fail "davy: nothing to watch: give policies, or existingPolicyConfigMap and services" }}
{{- end }}
{{- if and .Values.policies .Values.services }}
{{- fail "davy: services belongs to existingPolicyConfigMap; those of policies are read from them" }}
{{- end }}
{{- if and .Values.existingPolicyConfigMap (not .Values.services) }}
{{- fail "davy: services: name the service of each policy in existingPolicyConfigMap, which names its Lease and its journal" }}
{{- end }}
{{- if eq .Values.mode "standalone" }}
{{- if and (gt (int .Values.replicaCount) 1) (not .Values.leaderElection.enabled) }}
{{- fail "davy: replicaCount: more than one replica needs leaderElection.enabled, or each would act" }}
{{- end }}
{{- if and (gt (int .Values.replicaCount) 1) .Values.persistence.enabled }}
{{- fail "davy: persistence.enabled: a journal has one writer; use it with replicaCount 1" }}
{{- end }}
{{- else }}
{{- if .Values.metrics.serviceMonitor.enabled }}
{{- fail "davy: metrics.serviceMonitor: there is no Service in sidecar mode; use metrics.podMonitor" }}
{{- end }}
{{- if and .Values.metrics.podMonitor.enabled (not .Values.metrics.podMonitor.selector) }}
{{- fail "davy: metrics.podMonitor.selector: name the labels of the pods that carry the sidecar" }}
{{- end }}
{{- end }}
{{- end }}
