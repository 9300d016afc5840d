// RUN: quant-opt %s --split-input-file --convert-nn-to-kernel | FileCheck %s

// Both branches write the memory of the result; a branch that returns its argument copies it.
// CHECK-LABEL: func.func @branch(
// CHECK-SAME: %[[C:[^:]*]]: memref<i8> {{[^%]*}}%[[X:[^:]*]]: memref<4xf32> {{[^%]*}}%[[OUT:[^:]*]]: memref<4xf32>
// CHECK: kernel.if %[[C]] : memref<i8> {
// CHECK-NEXT: kernel.call {{.*}} reads(%[[X]] : memref<4xf32>) writes(%[[OUT]] : memref<4xf32>)
// CHECK: } else {
// CHECK-NEXT: kernel.call "runtime::copyBlocks" {{.*}} reads(%[[X]] : memref<4xf32>) writes(%[[OUT]] : memref<4xf32>)
// CHECK: } {origin = "'nn.if'"}
// CHECK-NEXT: return
func.func @branch(%c: tensor<i1>, %x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.if @relu else @same(%c, %x) : (tensor<i1>, tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func @relu(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.relu %x : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func @same(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// -----

// What never changes stays where it is; values that change places go by way of memory of their own.
// CHECK-LABEL: func.func @loop(
// CHECK-SAME: %[[A:[^:]*]]: memref<4xf32> {{[^%]*}}%[[B:[^:]*]]: memref<4xf32> {{[^%]*}}%[[N:[^:]*]]: memref<i32> {{[^%]*}}%[[OUT:[^:]*]]: memref<4xf32>
// CHECK: kernel.call "runtime::copyBlocks" {{.*}} reads(%[[A]] : memref<4xf32>) writes(%[[OUT]] : memref<4xf32>)
// CHECK: %[[OTHER:.*]] = kernel.buffer : memref<4xf32>
// CHECK-NEXT: kernel.call "runtime::copyBlocks" {{.*}} reads(%[[B]] : memref<4xf32>) writes(%[[OTHER]] : memref<4xf32>)
// CHECK: %[[LEFT:.*]] = kernel.buffer : memref<i32>
// CHECK: %[[MORE:.*]] = kernel.buffer : memref<i8>
// CHECK-NEXT: kernel.while %[[MORE]] : memref<i8> {
// CHECK-NEXT: kernel.call {{.*}} reads(%[[LEFT]] : memref<i32>) writes(%[[MORE]] : memref<i8>)
// CHECK-NEXT: } do {
// CHECK: reads(%[[LEFT]], %[[N]] : memref<i32>, memref<i32>)
// CHECK: %[[APART0:.*]] = kernel.buffer : memref<4xf32>
// CHECK-NEXT: reads(%[[OTHER]] : memref<4xf32>) writes(%[[APART0]] : memref<4xf32>)
// CHECK: %[[APART1:.*]] = kernel.buffer : memref<4xf32>
// CHECK-NEXT: reads(%[[OUT]] : memref<4xf32>) writes(%[[APART1]] : memref<4xf32>)
// CHECK-NEXT: reads(%[[APART0]] : memref<4xf32>) writes(%[[OUT]] : memref<4xf32>)
// CHECK-NEXT: reads(%[[APART1]] : memref<4xf32>) writes(%[[OTHER]] : memref<4xf32>)
func.func @loop(%a: tensor<4xf32>, %b: tensor<4xf32>, %n: tensor<i32>) -> tensor<4xf32> {
  %0:4 = nn.while @more do @swap(%a, %b, %n, %n) : (tensor<4xf32>, tensor<4xf32>, tensor<i32>, tensor<i32>)
      -> (tensor<4xf32>, tensor<4xf32>, tensor<i32>, tensor<i32>)
  return %0#0 : tensor<4xf32>
}
func.func @more(%a: tensor<4xf32>, %b: tensor<4xf32>, %left: tensor<i32>, %n: tensor<i32>) -> tensor<i1> {
  %0 = nn.cast %left : (tensor<i32>) -> tensor<i1>
  return %0 : tensor<i1>
}
func.func @swap(%a: tensor<4xf32>, %b: tensor<4xf32>, %left: tensor<i32>, %n: tensor<i32>)
    -> (tensor<4xf32>, tensor<4xf32>, tensor<i32>, tensor<i32>) {
  %0 = nn.sub %left, %n : (tensor<i32>, tensor<i32>) -> tensor<i32>
  return %b, %a, %0, %n : tensor<4xf32>, tensor<4xf32>, tensor<i32>, tensor<i32>
}

// -----

// A variable is a state; a function that gives it a value once makes it needless to ask whether it has one.
// CHECK-LABEL: func.func @variable(
// CHECK-SAME: %[[X:[^:]*]]: memref<2xf32> {{[^%]*}}%[[OUT:[^:]*]]: memref<2xf32>
// CHECK-DAG: %[[WAITING:.*]] = kernel.buffer {state = 1 : i8} : memref<1xi8>
// CHECK-DAG: %[[SUM:.*]] = kernel.buffer {state = 0 : i8} : memref<2xf32>
// CHECK-DAG: %[[ZERO:.*]] = kernel.constant {{.*}} : memref<2xf32>
// CHECK: kernel.if %[[WAITING]] : memref<1xi8> {
// CHECK-NEXT: kernel.call {{.*}} writes(%[[WAITING]] : memref<1xi8>)
// CHECK-NEXT: kernel.call {{.*}} reads(%[[ZERO]] : memref<2xf32>) writes(%[[SUM]] : memref<2xf32>)
// CHECK-NEXT: } else {
// CHECK-NEXT: }
// CHECK: %[[READ:.*]] = kernel.buffer : memref<2xf32>
// CHECK-NEXT: kernel.call {{.*}} reads(%[[SUM]] : memref<2xf32>) writes(%[[READ]] : memref<2xf32>)
// CHECK-NEXT: kernel.call {{.*}} reads(%[[READ]], %[[X]] : memref<2xf32>, memref<2xf32>) writes(%[[OUT]] : memref<2xf32>)
// CHECK-NEXT: kernel.call {{.*}} reads(%[[OUT]] : memref<2xf32>) writes(%[[SUM]] : memref<2xf32>)
// CHECK-NEXT: return
func.func @variable(%x: tensor<2xf32>) -> tensor<2xf32> {
  nn.call_once @start() : () -> ()
  %h = nn.var_handle {shared_name = "sum"} : tensor<!nn.resource>
  %0 = nn.call @add(%h, %x) : (tensor<!nn.resource>, tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
func.func @start() {
  %h = nn.var_handle {shared_name = "sum"} : tensor<!nn.resource>
  %zero = nn.const dense<0.0> : tensor<2xf32>
  nn.assign_variable %h, %zero : tensor<!nn.resource>, tensor<2xf32>
  return
}
func.func @add(%h: tensor<!nn.resource>, %x: tensor<2xf32>) -> tensor<2xf32> {
  %0 = nn.read_variable %h : (tensor<!nn.resource>) -> tensor<2xf32>
  %1 = nn.add %0, %x : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  nn.assign_variable %h, %1 : tensor<!nn.resource>, tensor<2xf32>
  return %1 : tensor<2xf32>
}

// -----

// A variable that may have no value is asked.
// CHECK-LABEL: func.func @unset
// CHECK: kernel.call "runtime::isSet" {{.*}} can_fail
func.func @unset(%x: tensor<2xf32>) -> tensor<2xf32> {
  %h = nn.var_handle {shared_name = "last"} : tensor<!nn.resource>
  %0 = nn.read_variable %h : (tensor<!nn.resource>) -> tensor<2xf32>
  nn.assign_variable %h, %x : tensor<!nn.resource>, tensor<2xf32>
  return %0 : tensor<2xf32>
}

// -----

// A condition that is known leaves one branch.
// CHECK-LABEL: func.func @known
// CHECK-NOT: kernel.if
// CHECK: runtime::copyBlocks
func.func @known(%x: tensor<4xf32>) -> tensor<4xf32> {
  %c = nn.const dense<false> : tensor<i1>
  %0 = nn.if @relu else @same(%c, %x) : (tensor<i1>, tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func @relu(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = nn.relu %x : (tensor<4xf32>) -> tensor<4xf32>
  return %0 : tensor<4xf32>
}
func.func @same(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// -----

// A list that is put together again around an item whose place is data. The row that is taken out of it begins where data
// say, too.
// CHECK-LABEL: func.func @list(
// CHECK-SAME: %[[X:[^:]*]]: memref<5x2xf32> {{[^%]*}}%[[BEHIND:[^:]*]]: memref<2xi32>
// CHECK: kernel.call {{.*}} reads(%[[BEHIND]], %{{.*}}) writes(%[[AT:.*]] : memref<2xi32>)
// CHECK: kernel.call "runtime::sliceAt" arguments
// CHECK-SAME: [#kernel.record<"runtime::Shape", rank = 2 : i32, dims = [5 : i32, 2 : i32
// CHECK-SAME: reads(%[[AT]], %{{.*}}, %[[X]] : {{.*}}) writes(%[[ITEM:.*]] : memref<1x2xf32>)
// CHECK-SAME: can_fail
// CHECK: kernel.call "runtime::updateSlice" {{.*}} reads(%[[X]], %{{.*}}, %{{.*}} : memref<5x2xf32>, memref<1x2xf32>, memref<2xi32>)
func.func @list(%x: tensor<5x2xf32>, %behind: tensor<2xi32>, %before: tensor<2xi32>) -> tensor<5x2xf32> {
  %zero = nn.const dense<0> : tensor<2xi32>
  %all = nn.const dense<-1> : tensor<2xi32>
  %one = nn.const dense<[1, 0]> : tensor<2xi32>
  %row = nn.const dense<[1, 2]> : tensor<2xi32>
  %at = nn.sub %behind, %one : (tensor<2xi32>, tensor<2xi32>) -> tensor<2xi32>
  %0 = nn.slice %x, %at, %row : (tensor<5x2xf32>, tensor<2xi32>, tensor<2xi32>) -> tensor<1x2xf32>
  %1 = nn.relu %0 : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %2 = nn.slice %x, %zero, %before : (tensor<5x2xf32>, tensor<2xi32>, tensor<2xi32>) -> tensor<?x2xf32>
  %3 = nn.slice %x, %behind, %all : (tensor<5x2xf32>, tensor<2xi32>, tensor<2xi32>) -> tensor<?x2xf32>
  %4 = nn.concatenation %2, %1, %3 axis 0 : (tensor<?x2xf32>, tensor<1x2xf32>, tensor<?x2xf32>) -> tensor<5x2xf32>
  return %4 : tensor<5x2xf32>
}
